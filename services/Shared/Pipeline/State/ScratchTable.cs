using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline;

/// <summary>
/// A table from 128-bit keys to short values in a temporary file, so that the memory it takes does not grow with what it holds.
/// It is for what can be read again from a topic: nothing of it outlives the process. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// SQLite deletes the file as soon as it has opened it. It lies in SQLITE_TMPDIR or TMPDIR where these are set, else in
/// /var/tmp or /tmp; there is none before the table outgrows its cache.
/// </remarks>
public sealed class ScratchTable : IDisposable
{
    // No journal, and a transaction that never ends: there is nothing to go back to.
    private const string Schema = """
        PRAGMA cache_size = -8192;
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        PRAGMA locking_mode = EXCLUSIVE;
        CREATE TABLE entries (sequence INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value BLOB NOT NULL);
        BEGIN;
        """;

    // No name: a temporary file. Pooled, it would stay after this table.
    private readonly SqliteConnection connection = new("Data Source=;Pooling=False");
    private readonly SqliteCommand find, add, replace, remove, removeFirst;
    private readonly long capacity;
    private readonly byte[] keyBytes = new byte[16];
    private long first = 1;

    /// <param name="capacity">How many entries it holds at most: what was added first goes first.</param>
    /// <exception cref="StreamDistillException">There is no place for the file.</exception>
    public ScratchTable(long capacity = long.MaxValue)
    {
        this.capacity = capacity;
        Do(() =>
        {
            connection.Open();
            using var schema = connection.CreateCommand();
            schema.CommandText = Schema;
            return schema.ExecuteNonQuery();
        });
        find = Prepare("SELECT value FROM entries WHERE key = $key");
        add = Prepare("INSERT INTO entries (key, value) VALUES ($key, $value) ON CONFLICT (key) DO NOTHING");
        replace = Prepare("UPDATE entries SET value = $value WHERE key = $key");
        remove = Prepare("DELETE FROM entries WHERE key = $key");
        removeFirst = Prepare("DELETE FROM entries WHERE sequence = $sequence");
    }

    /// <summary>How many entries there are.</summary>
    public long Count { get; private set; }

    /// <summary>The key's value; null where there is none.</summary>
    /// <exception cref="StreamDistillException">The file cannot be read.</exception>
    public byte[]? Find(UInt128 key) => (byte[]?)Do(() => With(find, key).ExecuteScalar());

    /// <summary>Adds an entry whose key is new.</summary>
    /// <returns>False, and nothing is changed, where the key has a value.</returns>
    /// <exception cref="StreamDistillException">The file cannot be written; the entry may be missing.</exception>
    public bool TryAdd(UInt128 key, byte[] value)
    {
        if (Do(() => With(add, key, value).ExecuteNonQuery()) == 0)
        {
            return false;
        }

        for (Count++; Count > capacity; first++)
        {
            removeFirst.Parameters[0].Value = first;
            Count -= Do(removeFirst.ExecuteNonQuery);
        }

        return true;
    }

    /// <summary>Gives a key that is there another value.</summary>
    /// <returns>False, and nothing is changed, where the key is not there.</returns>
    /// <exception cref="StreamDistillException">The file cannot be written.</exception>
    public bool Replace(UInt128 key, byte[] value) => Do(() => With(replace, key, value).ExecuteNonQuery()) == 1;

    /// <summary>Removes an entry.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="StreamDistillException">The file cannot be written.</exception>
    public bool Remove(UInt128 key)
    {
        var removed = Do(() => With(remove, key).ExecuteNonQuery());
        Count -= removed;
        return removed == 1;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var command in new[] { find, add, replace, remove, removeFirst })
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    /// <summary>Its parameters are in the order key, value: they are found by it, since a name is looked up anew each time.</summary>
    private SqliteCommand Prepare(string text)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in new[] { "$key", "$value", "$sequence" }.Where(text.Contains))
        {
            command.Parameters.Add(name, name == "$sequence" ? SqliteType.Integer : SqliteType.Blob);
        }

        return command;
    }

    private SqliteCommand With(SqliteCommand command, UInt128 key, byte[]? value = null)
    {
        BinaryPrimitives.WriteUInt128BigEndian(keyBytes, key);
        command.Parameters[0].Value = keyBytes;
        if (value is not null)
        {
            command.Parameters[1].Value = value;
        }

        return command;
    }

    private static T Do<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException e)
        {
            throw new StreamDistillException(
                $"A temporary file cannot be used: {e.Message.TrimEnd('.')}. Make room in the temporary directory, or set SQLITE_TMPDIR to another one.", isTransient: true, e);
        }
    }
}
