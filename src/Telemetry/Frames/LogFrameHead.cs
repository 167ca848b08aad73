using System.Buffers.Binary;
using Thaw.Contracts;

namespace Thaw.Telemetry.Frames;

/// <summary>
/// What a runtime says of one record before the record itself; spec 5.4.
/// <code>
///   0xA5 0x5A 0x00 | kind | u32 length of the message | u64 microseconds since 1970, if the kind says so      (big endian)
///                    bit 0: text, not JSON; bit 1: with a time; bits 2 to 4: level, 0 for none
/// </code>
/// </summary>
/// <param name="Level">Null for none.</param>
/// <param name="Microseconds">Since 1970; null when it gives no time.</param>
public readonly record struct LogFrameHead(LogSeverity? Level, bool IsJson, ulong? Microseconds)
{
    /// <summary>The largest head, in bytes.</summary>
    internal const int MaxBytes = 16;

    /// <summary>The byte that every head begins with.</summary>
    internal const byte FirstByte = 0xA5;

    private const int BytesWithoutTime = 8, KindAt = 3;
    private const byte TextBit = 0b1, TimeBit = 0b10;

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static ReadOnlySpan<byte> Magic => [FirstByte, 0x5A, 0x00];

    /// <summary>The record's own time; ours when there is none, or none that can be.</summary>
    public DateTimeOffset TimeAt(DateTimeOffset now) =>
        Microseconds is { } given && given >= Since1970(Earliest) && given <= Since1970(now.AddDays(1))
            ? DateTimeOffset.UnixEpoch.AddMicroseconds(given)
            : now;

    /// <summary>Reads the head in front, if the bytes begin with one.</summary>
    /// <param name="length">How long it is; -1 when more bytes must tell, 0 when they begin with something else.</param>
    /// <param name="messageBytes">How long its message is.</param>
    internal static LogFrameHead Read(ReadOnlySpan<byte> bytes, out int length, out int messageBytes)
    {
        (length, messageBytes) = (0, 0);
        var known = Math.Min(bytes.Length, Magic.Length);
        if (!bytes[..known].SequenceEqual(Magic[..known]))
            return default;
        if (bytes.Length <= KindAt)
        {
            length = -1;
            return default;
        }

        var kind = bytes[KindAt];
        var level = kind >> 2;
        if (level > (int)LogSeverity.Fatal)
            return default;

        var headBytes = (kind & TimeBit) == 0 ? BytesWithoutTime : MaxBytes;
        if (bytes.Length < BytesWithoutTime)
        {
            length = -1;
            return default;
        }

        var announced = BinaryPrimitives.ReadUInt32BigEndian(bytes[(KindAt + 1)..]);
        if (announced > Limits.LogFrameBytes)
            return default;
        if (bytes.Length < headBytes)
        {
            length = -1;
            return default;
        }

        (length, messageBytes) = (headBytes, (int)announced);
        return new LogFrameHead(
            level == 0 ? null : (LogSeverity)level,
            IsJson: (kind & TextBit) == 0,
            headBytes == MaxBytes ? BinaryPrimitives.ReadUInt64BigEndian(bytes[BytesWithoutTime..]) : null);
    }

    private static ulong Since1970(DateTimeOffset time) => (ulong)((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
}
