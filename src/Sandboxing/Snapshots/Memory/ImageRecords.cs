using System.Buffers.Binary;

namespace Thaw.Sandboxing.Snapshots.Memory;

/// <summary>
/// One of CRIU's image files.
/// <code>
///   magic (8 bytes)  { length (4 bytes)  message } ...
/// </code>
/// </summary>
internal static class ImageRecords
{
    private const int MagicBytes = 8;

    /// <exception cref="FormatException">It is none.</exception>
    internal static List<ReadOnlyMemory<byte>> Read(string path, out ReadOnlyMemory<byte> magic)
    {
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(path);
        magic = Take(ref rest, MagicBytes);
        var records = new List<ReadOnlyMemory<byte>>();
        while (!rest.IsEmpty)
            records.Add(Take(ref rest, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, sizeof(uint)).Span)));
        return records;
    }

    internal static void Write(string path, ReadOnlyMemory<byte> magic, IEnumerable<ReadOnlyMemory<byte>> records)
    {
        using var file = File.Create(path);
        file.Write(magic.Span);
        Span<byte> length = stackalloc byte[sizeof(uint)];
        foreach (var record in records)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)record.Length);
            file.Write(length);
            file.Write(record.Span);
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, uint count)
    {
        if (count > rest.Length)
            throw new FormatException("an image of CRIU's ends in the middle");
        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }
}
