using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Thaw.Daemon.InvokeApi.Streaming;

/// <summary>
/// A frame of <c>application/vnd.amazon.eventstream</c>, all numbers big-endian; spec (service) 11.2, API-098.
///
///   | total length | length of headers | CRC of these two | headers | payload | CRC of all before |
///         4                 4                   4                                     4
///
///   header: | length | name | 7 | length | value |
///               1             1      2
/// </summary>
internal sealed class EventStreamFrame
{
    private const int Prelude = 8, Crc = 4;

    private const byte TextHeader = 7;

    private readonly byte[] headers;

    private EventStreamFrame(string eventType, string contentType) => headers =
    [
        .. Header(":event-type", eventType), .. Header(":content-type", contentType), .. Header(":message-type", "event"),
    ];

    /// <summary>A part of the answer, as it is.</summary>
    public static EventStreamFrame PayloadChunk { get; } = new("PayloadChunk", "application/octet-stream");

    /// <summary>The end, in JSON.</summary>
    public static EventStreamFrame InvokeComplete { get; } = new("InvokeComplete", "application/json");

    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
        var total = Prelude + Crc + headers.Length + payload.Length + Crc;
        var frame = output.GetSpan(total)[..total];
        BinaryPrimitives.WriteInt32BigEndian(frame, total);
        BinaryPrimitives.WriteInt32BigEndian(frame[4..], headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame[Prelude..], Crc32.HashToUInt32(frame[..Prelude]));
        headers.CopyTo(frame[(Prelude + Crc)..]);
        payload.CopyTo(frame[(Prelude + Crc + headers.Length)..]);
        BinaryPrimitives.WriteUInt32BigEndian(frame[^Crc..], Crc32.HashToUInt32(frame[..^Crc]));
        output.Advance(total);
    }

    private static byte[] Header(string name, string value) =>
    [
        (byte)name.Length, .. Encoding.ASCII.GetBytes(name), TextHeader,
        (byte)(value.Length >> 8), (byte)value.Length, .. Encoding.ASCII.GetBytes(value),
    ];
}
