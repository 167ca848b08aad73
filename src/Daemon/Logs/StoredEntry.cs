using System.Buffers.Binary;

namespace Thaw.Daemon.Logs;

/// <summary>
/// One entry as it lies in a segment, little endian:
///
///   u32 length of what follows | u8 kind | u8 severity | u8 run | u8 0 | u32 stream | i64 time | i64 ingestion, in ms | message
///
/// A run (1) is several events that came at once: each is a line of the message, with its newline.
/// </summary>
/// <param name="header">The numbers before the message.</param>
/// <param name="message">Of a run, all of it or one line.</param>
internal readonly ref struct StoredEntry(ReadOnlySpan<byte> header, ReadOnlySpan<byte> message)
{
    public const int HeaderBytes = 28;

    /// <summary>Longer messages are cut; nothing that a function writes becomes so long.</summary>
    public const int MaxMessageBytes = 1024 * 1024;

    private const int LengthBytes = 4;

    private readonly ReadOnlySpan<byte> header = header;

    public EntryKind Kind => (EntryKind)header[4];

    public byte Severity => header[5];

    public bool IsRun => header[6] == 1;

    /// <summary>The number of its stream within the group.</summary>
    public int Stream => BinaryPrimitives.ReadInt32LittleEndian(header[8..]);

    /// <summary>Milliseconds since 1970.</summary>
    public long Time => BinaryPrimitives.ReadInt64LittleEndian(header[12..]);

    /// <summary>When it came here, in milliseconds since 1970.</summary>
    public long Ingestion => BinaryPrimitives.ReadInt64LittleEndian(header[20..]);

    public ReadOnlySpan<byte> Message { get; } = message;

    /// <summary>
    /// The bytes of the entry that begins here; 0 when too few are there to tell; -1 when it is no entry's length.
    /// </summary>
    public static int SizeAt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < LengthBytes)
            return 0;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes) + (long)LengthBytes;
        return size is >= HeaderBytes and <= HeaderBytes + MaxMessageBytes ? (int)size : -1;
    }

    /// <summary>Writes one; <paramref name="to"/> has room for exactly header, message and end.</summary>
    public static void Write(Span<byte> to, in EntryHead head, ReadOnlySpan<byte> message, ReadOnlySpan<byte> end)
    {
        var header = to[..HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, to.Length - LengthBytes);
        header[4] = (byte)head.Kind;
        header[5] = head.Severity;
        header[6] = head.IsRun ? (byte)1 : (byte)0;
        header[7] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], head.Stream);
        BinaryPrimitives.WriteInt64LittleEndian(header[12..], head.Time);
        BinaryPrimitives.WriteInt64LittleEndian(header[20..], head.Ingestion);
        message.CopyTo(to[HeaderBytes..]);
        end.CopyTo(to[(HeaderBytes + message.Length)..]);
    }
}
