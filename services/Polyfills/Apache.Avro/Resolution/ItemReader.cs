using System.Linq.Expressions;
using System.Reflection;
using Avro.IO;

namespace Avro.Resolution;

/// <summary>
/// Reads the values of one place in a schema. A tree of these is what is left of a writer's and a reader's schema
/// after they were compared. It holds no state, so one tree serves many threads.
/// </summary>
internal abstract class ItemReader
{
    private static readonly MethodInfo ReadMethod = typeof(ItemReader).GetMethod(nameof(Read), BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>Whether a former value can be filled again, so that it is worth getting.</summary>
    internal virtual bool Reuses => false;

    /// <summary>The next value.</summary>
    internal abstract object Read(object reuse, Decoder decoder);

    /// <summary>Code that reads the next value into a new object.</summary>
    internal virtual Expression ReadNew(Expression decoder) =>
        Expression.Call(Expression.Constant(this), ReadMethod, Expression.Constant(null), decoder);

    /// <summary>The next value, as a whole datum.</summary>
    internal object ReadDatum(object reuse, Decoder decoder)
    {
        if (decoder is not BinaryDecoder binary)
        {
            return Read(reuse, decoder);
        }

        binary.BeginDatum();
        try
        {
            return Read(reuse, binary);
        }
        finally
        {
            binary.EndDatum();
        }
    }

    /// <summary>The count of a block of items, each of which takes at least so many bytes.</summary>
    private protected static int CheckCount(Decoder decoder, long count, int itemBytesMin) => decoder is BinaryDecoder binary
        ? binary.CheckItemCount(count, itemBytesMin)
        : count <= int.MaxValue ? (int)count : throw new AvroException($"Not an item count in the stream: {count}");
}

/// <summary>The objects that stand for the numbers that are met most, so that not each of them is a new one.</summary>
internal static class Boxes
{
    private const int Count = 256;

    private static readonly object[] Ints = Enumerable.Range(0, Count).Select(number => (object)number).ToArray();
    private static readonly object[] Longs = Enumerable.Range(0, Count).Select(number => (object)(long)number).ToArray();

    internal static object Of(int number) => (uint)number < Count ? Ints[number] : number;

    internal static object Of(long number) => (ulong)number < Count ? Longs[number] : number;
}

internal sealed class NullReader : ItemReader
{
    internal override object Read(object reuse, Decoder decoder)
    {
        decoder.ReadNull();
        return null;
    }

    internal override Expression ReadNew(Expression decoder) => Expression.Constant(null);
}

internal sealed class StringReader : ItemReader
{
    internal override object Read(object reuse, Decoder decoder) => decoder.ReadString();

    internal override Expression ReadNew(Expression decoder) => Expression.Call(decoder, nameof(BinaryDecoder.ReadString), null);
}

internal sealed class BooleanReader : ItemReader
{
    private static readonly object True = true;
    private static readonly object False = false;

    internal override object Read(object reuse, Decoder decoder) => decoder.ReadBoolean() ? True : False;
}

internal sealed class IntReader : ItemReader
{
    internal override object Read(object reuse, Decoder decoder) => Boxes.Of(decoder.ReadInt());

    internal override Expression ReadNew(Expression decoder) => Expression.Convert(Expression.Call(decoder, nameof(BinaryDecoder.ReadInt), null), typeof(object));
}

internal sealed class LongReader : ItemReader
{
    internal override object Read(object reuse, Decoder decoder) => Boxes.Of(decoder.ReadLong());

    internal override Expression ReadNew(Expression decoder) => Expression.Convert(Expression.Call(decoder, nameof(BinaryDecoder.ReadLong), null), typeof(object));
}

internal sealed class FloatReader : ItemReader
{
    internal override object Read(object reuse, Decoder decoder) => decoder.ReadFloat();

    internal override Expression ReadNew(Expression decoder) => Expression.Convert(Expression.Call(decoder, nameof(BinaryDecoder.ReadFloat), null), typeof(object));
}

internal sealed class DoubleReader : ItemReader
{
    internal override object Read(object reuse, Decoder decoder) => decoder.ReadDouble();

    internal override Expression ReadNew(Expression decoder) => Expression.Convert(Expression.Call(decoder, nameof(BinaryDecoder.ReadDouble), null), typeof(object));
}

/// <summary>Reads by a function: what is too rare to deserve a class.</summary>
internal sealed class FunctionReader(Func<Decoder, object> read) : ItemReader
{
    internal override object Read(object reuse, Decoder decoder) => read(decoder);
}

/// <summary>Reads the index of a branch, then the branch.</summary>
internal sealed class UnionReader(ItemReader[] branches) : ItemReader
{
    internal override bool Reuses { get; } = Array.Exists(branches, branch => branch.Reuses);

    internal override object Read(object reuse, Decoder decoder)
    {
        int index = decoder.ReadUnionIndex();
        return (uint)index < (uint)branches.Length ? branches[index].Read(reuse, decoder) : throw NotABranch(index);
    }

    internal override Expression ReadNew(Expression decoder)
    {
        ParameterExpression index = Expression.Variable(typeof(int));
        return Expression.Block(
            [index],
            Expression.Assign(index, Expression.Call(decoder, nameof(BinaryDecoder.ReadUnionIndex), null)),
            Expression.Switch(
                typeof(object),
                index,
                Expression.Throw(Expression.Call(Expression.Constant(this), nameof(NotABranch), null, index), typeof(object)),
                comparison: null,
                branches.Select((branch, i) => Expression.SwitchCase(branch.ReadNew(decoder), Expression.Constant(i))).ToArray()));
    }

    private AvroException NotABranch(int index) => new($"Not an index into a union of {branches.Length} branches in the stream: {index}");
}

/// <summary>Reads an ordinal of the writer's enum; gives what stands for it in the reader's, or null where nothing does.</summary>
internal sealed class EnumReader(EnumSchema writer, Func<int, object>[] values) : ItemReader
{
    internal override object Read(object reuse, Decoder decoder)
    {
        int ordinal = decoder.ReadEnum();
        if ((uint)ordinal >= (uint)values.Length)
        {
            throw new AvroException($"Not an ordinal of {writer.Fullname}, which has {values.Length} symbols, in the stream: {ordinal}");
        }

        return values[ordinal]?.Invoke(ordinal) ?? throw new AvroException("No such symbol: " + writer[ordinal]);
    }
}

/// <summary>Reads the encoded value and converts it.</summary>
internal sealed class LogicalReader(ItemReader encoded, LogicalSchema schema) : ItemReader
{
    internal override object Read(object reuse, Decoder decoder)
    {
        object value = encoded.Read(null, decoder);
        try
        {
            return schema.LogicalType.ConvertToLogicalValue(value, schema);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or ArithmeticException)
        {
            throw new AvroException($"Not a {schema.LogicalTypeName} in the stream: {value}", e);
        }
    }
}
