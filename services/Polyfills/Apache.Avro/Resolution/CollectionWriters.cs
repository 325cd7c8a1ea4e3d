using System.Collections;
using Avro.IO;

namespace Avro.Resolution;

/// <summary>Writes any list.</summary>
internal sealed class ListWriter(ItemWriter item, Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is IList and not byte[];

    internal override void Write(object value, Encoder encoder)
    {
        if (value is not IList list)
        {
            throw Mismatch(value, "IList", schema);
        }

        int count = list.Count;
        encoder.WriteArrayStart();
        encoder.SetItemCount(count);
        for (int i = 0; i < count; i++)
        {
            encoder.StartItem();
            item.Write(list[i], encoder);
        }

        encoder.WriteArrayEnd();
    }
}

/// <summary>Writes an array of any element type.</summary>
internal sealed class ArrayWriter(ItemWriter item, Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is Array and not byte[];

    internal override void Write(object value, Encoder encoder)
    {
        if (value is not Array array)
        {
            throw Mismatch(value, "Array", schema);
        }

        object[] objects = array as object[];
        encoder.WriteArrayStart();
        encoder.SetItemCount(array.Length);
        for (int i = 0; i < array.Length; i++)
        {
            encoder.StartItem();
            item.Write(objects != null ? objects[i] : array.GetValue(i), encoder);
        }

        encoder.WriteArrayEnd();
    }
}

/// <summary>Writes any dictionary whose keys are strings.</summary>
internal sealed class DictionaryWriter(ItemWriter item, Schema schema, bool specific) : ItemWriter
{
    internal override bool Matches(object value) => specific ? value is IDictionary : value is IDictionary<string, object>;

    internal override void Write(object value, Encoder encoder)
    {
        if (value is not IDictionary map)
        {
            throw Mismatch(value, "IDictionary", schema);
        }

        encoder.WriteMapStart();
        encoder.SetItemCount(map.Count);
        switch (map)
        {
            case Dictionary<string, string> strings:
                WriteEntries(strings, encoder);
                break;
            case Dictionary<string, object> objects:
                WriteEntries(objects, encoder);
                break;
            default:
                foreach (DictionaryEntry entry in map)
                {
                    WriteEntry(entry.Key as string ?? throw Mismatch(entry.Key, "a key that is a string", schema), entry.Value, encoder);
                }

                break;
        }

        encoder.WriteMapEnd();
    }

    private void WriteEntries<T>(Dictionary<string, T> map, Encoder encoder)
        where T : class
    {
        foreach ((string key, T entry) in map)
        {
            WriteEntry(key, entry, encoder);
        }
    }

    private void WriteEntry(string key, object entry, Encoder encoder)
    {
        encoder.StartItem();
        encoder.WriteString(key);
        item.Write(entry, encoder);
    }
}
