using System.Buffers.Binary;
using System.Text;

namespace Thaw.Linux.AgentProtocol;

/// <summary>Appends one frame to a queue: the constructor begins it, <see cref="End"/> fills in its length.</summary>
internal readonly ref struct FrameWriter
{
    private readonly ByteQueue queue;
    private readonly int start;

    internal FrameWriter(ByteQueue queue, FrameType type)
    {
        (this.queue, start) = (queue, queue.Count);
        queue.Append([0, 0, 0, 0, (byte)type]);
    }

    internal void Write(byte value) => queue.Append([value]);

    internal void Write(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(queue.Room(sizeof(uint)).Span, value);
        queue.Append(sizeof(uint));
    }

    internal void Write(int value) => Write(unchecked((uint)value));

    internal void Write(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Write(length);
        Encoding.UTF8.GetBytes(text, queue.Room(length).Span);
        queue.Append(length);
    }

    internal void Write(IReadOnlyList<string> texts)
    {
        Write(texts.Count);
        foreach (var text in texts)
            Write(text);
    }

    /// <exception cref="MalformedFrameException">The frame is larger than <see cref="Frame.MaxBytes"/>; the queue is spoilt.</exception>
    internal void End()
    {
        var length = queue.Count - start - sizeof(uint);
        if (length > Frame.MaxBytes)
            throw new MalformedFrameException($"a frame of {length} bytes");

        BinaryPrimitives.WriteInt32LittleEndian(queue.Held(start, sizeof(uint)), length);
    }
}
