using System.Buffers.Binary;

namespace Thaw.Linux.AgentProtocol;

/// <summary>What a frame says. The daemon sends the first group, the agent the second.</summary>
internal enum FrameType : byte
{
    Start = 1,
    Signal = 2,
    KillAll = 3,
    Flush = 4,

    Started = 16,
    StartFailed = 17,
    Output = 18,
    Exited = 19,
    AllGone = 20,
    Flushed = 21,
}

/// <summary>
/// One frame of the control link between daemon and agent:
/// <code>
///   u32 length of what follows | u8 type | body        (little endian)
/// </code>
/// Each body has its own record in Bodies.cs; the bytes come from another process, so nothing in them is believed before it was checked.
/// </summary>
internal readonly ref struct Frame(FrameType type, ReadOnlySpan<byte> body)
{
    /// <summary>
    /// The largest frame, in bytes without the length. A program's arguments and environment fit: Linux takes 2 MB of them by default.
    /// </summary>
    internal const int MaxBytes = 4 * 1024 * 1024;

    internal const int HeaderBytes = 5;

    internal FrameType Type { get; } = type;

    internal ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>
    /// Reads the frame in front. False when it is not complete yet. <paramref name="length"/> is what to consume afterwards.
    /// </summary>
    /// <exception cref="MalformedFrameException">The length is impossible.</exception>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out Frame frame, out int length)
    {
        frame = default;
        length = 0;
        if (bytes.Length < HeaderBytes)
            return false;

        var announced = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (announced is < 1 or > MaxBytes)
            throw new MalformedFrameException($"a frame of {announced} bytes");

        if (bytes.Length - 4 < announced)
            return false;

        length = (int)announced + 4;
        frame = new((FrameType)bytes[4], bytes[HeaderBytes..length]);
        return true;
    }
}

/// <summary>The other side does not speak our protocol.</summary>
internal sealed class MalformedFrameException(string what) : Exception($"The control link carried {what}.");
