using System.Collections;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;

namespace Avro.Resolution;

/// <summary>Reads an array into a list of T, or into any list that is given to be filled.</summary>
internal sealed class ListReader<T>(ItemReader item, int itemBytesMin) : ItemReader
{
    internal override bool Reuses => true;

    internal override object Read(object reuse, Decoder decoder)
    {
        if (reuse is IList former and not List<T>)
        {
            return ReadInto(former, decoder);
        }

        var list = reuse as List<T>;
        list?.Clear();
        for (long n = decoder.ReadArrayStart(); n != 0; n = decoder.ReadArrayNext())
        {
            int count = CheckCount(decoder, n, itemBytesMin);
            list ??= new List<T>(Math.Min(count, ArrayReader.ItemsBelievedMax));
            list.EnsureCapacity(list.Count + Math.Min(count, ArrayReader.ItemsBelievedMax));
            for (int i = 0; i < count; i++)
            {
                list.Add((T)item.Read(null, decoder));
            }
        }

        return list ?? [];
    }

    private IList ReadInto(IList list, Decoder decoder)
    {
        list.Clear();
        for (long n = decoder.ReadArrayStart(); n != 0; n = decoder.ReadArrayNext())
        {
            int count = CheckCount(decoder, n, itemBytesMin);
            for (int i = 0; i < count; i++)
            {
                list.Add(item.Read(null, decoder));
            }
        }

        return list;
    }
}

/// <summary>Reads an array into an object[].</summary>
internal sealed class ArrayReader(ItemReader item, int itemBytesMin) : ItemReader
{
    /// <summary>For how many items there is room at once; for more, room is made as they come.</summary>
    internal const int ItemsBelievedMax = 4096;

    internal override bool Reuses => item.Reuses;

    internal override object Read(object reuse, Decoder decoder)
    {
        object[] former = reuse as object[] ?? [];
        object[] array = [];
        int length = 0;
        for (long n = decoder.ReadArrayStart(); n != 0; n = decoder.ReadArrayNext())
        {
            int count = CheckCount(decoder, n, itemBytesMin);
            if (count > array.Length - length)
            {
                Array.Resize(ref array, length + Math.Min(count, ItemsBelievedMax));
            }

            for (int i = 0; i < count; i++, length++)
            {
                if (length == array.Length)
                {
                    Array.Resize(ref array, (int)Math.Min(2L * length, (long)length + count - i));
                }

                array[length] = item.Read(length < former.Length ? former[length] : null, decoder);
            }
        }

        Array.Resize(ref array, length);
        return array;
    }
}

/// <summary>Reads a map into a dictionary of T, or into any dictionary that is given to be filled.</summary>
internal sealed class DictionaryReader<T>(ItemReader value) : ItemReader
{
    // A key takes at least the byte of its length.
    private const int EntryBytesMin = 1;

    internal override bool Reuses => true;

    internal override object Read(object reuse, Decoder decoder)
    {
        IDictionary map = reuse as IDictionary;
        map?.Clear();
        var typed = map as Dictionary<string, T> ?? (map == null ? [] : null);
        for (long n = decoder.ReadMapStart(); n != 0; n = decoder.ReadMapNext())
        {
            int count = CheckCount(decoder, n, EntryBytesMin);
            for (int i = 0; i < count; i++)
            {
                string key = decoder.ReadString();
                object entry = value.Read(null, decoder);
                if (typed != null)
                {
                    typed[key] = (T)entry;
                }
                else
                {
                    map[key] = entry;
                }
            }
        }

        return typed ?? map;
    }
}

/// <summary>Reads a fixed into a <see cref="GenericFixed"/>.</summary>
internal sealed class GenericFixedReader(FixedSchema schema) : ItemReader
{
    internal override bool Reuses => true;

    internal override object Read(object reuse, Decoder decoder)
    {
        GenericFixed bytes = reuse is GenericFixed former && schema.Equals(former.Schema) ? former : new GenericFixed(schema);
        decoder.ReadFixed(bytes.Value);
        return bytes;
    }
}

/// <summary>Reads a fixed into its generated class.</summary>
internal sealed class SpecificFixedReader(FixedSchema schema) : ItemReader
{
    internal override bool Reuses => true;

    internal override object Read(object reuse, Decoder decoder)
    {
        SpecificFixed bytes = reuse is SpecificFixed former && schema.Equals(former.Schema)
            ? former
            : (SpecificFixed)ObjectCreator.Instance.New(schema.Fullname, Schema.Type.Fixed);
        decoder.ReadFixed(bytes.Value);
        return bytes;
    }
}
