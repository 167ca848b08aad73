namespace Thaw.Store;

/// <summary>Records of one kind: what they are called, where each lies, and how it is written down.</summary>
/// <param name="name">Lower-case letters and underscores; part of what is on disk.</param>
/// <param name="keyOf">A record's place; it never changes.</param>
/// <param name="write">A record as bytes.</param>
/// <param name="read">Bytes of this or any earlier version of Thaw as a record.</param>
public sealed class Table<TRecord>(
    string name, Func<TRecord, RecordKey> keyOf, Func<TRecord, byte[]> write, Func<ReadOnlyMemory<byte>, TRecord> read)
    where TRecord : class
{
    public string Name => name;

    public RecordKey KeyOf(TRecord record) => keyOf(record);

    public byte[] Write(TRecord record) => write(record);

    public TRecord Read(ReadOnlyMemory<byte> bytes) => read(bytes);
}
