namespace Thaw.Linux.AgentProtocol;

// The bodies of the frames. The daemon numbers the processes it starts; all later frames about one carry its number.
// KillAll and AllGone have no body: AllGone answers KillAll, after the last Exited, when no descendant of the agent is left.
// Flush and Flushed have none either: Flushed follows the last Output of what the pipes held when Flush came.

/// <summary>Start this program, as leader of a process group of its own.</summary>
/// <param name="ExtraOutput">The descriptor at which it gets a third pipe; 0 for none.</param>
internal sealed record StartBody(
    uint Id, string Path, string WorkingDirectory, uint ExtraOutput, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment)
{
    /// <summary>What a third pipe's descriptor may be: none that a program is born with anyway, and one that its limits allow.</summary>
    internal const uint LeastExtraOutput = 3, MostExtraOutput = 255;

    internal void WriteTo(ByteQueue queue)
    {
        var frame = new FrameWriter(queue, FrameType.Start);
        frame.Write(Id);
        frame.Write(Path);
        frame.Write(WorkingDirectory);
        frame.Write(ExtraOutput);
        frame.Write(Arguments);
        frame.Write(Environment);
        frame.End();
    }

    internal static StartBody Read(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        var (id, path, workingDirectory) = (reader.ReadUInt32(), reader.ReadString(), reader.ReadString());
        var start = new StartBody(id, path, workingDirectory, reader.ReadUInt32(), reader.ReadStrings(), reader.ReadStrings());
        reader.End();
        return start.ExtraOutput is 0 or (>= LeastExtraOutput and <= MostExtraOutput)
            ? start
            : throw new MalformedFrameException($"a pipe for a descriptor {start.ExtraOutput}");
    }
}

/// <summary>Send this signal to the process's group. Nothing happens when the process is gone.</summary>
internal readonly record struct SignalBody(uint Id, int Signal)
{
    internal void WriteTo(ByteQueue queue)
    {
        var frame = new FrameWriter(queue, FrameType.Signal);
        frame.Write(Id);
        frame.Write(Signal);
        frame.End();
    }

    internal static SignalBody Read(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        var signal = new SignalBody(reader.ReadUInt32(), reader.ReadInt32());
        reader.End();
        return signal;
    }
}

/// <summary>The program runs.</summary>
internal readonly record struct StartedBody(uint Id, int Pid)
{
    internal void WriteTo(ByteQueue queue)
    {
        var frame = new FrameWriter(queue, FrameType.Started);
        frame.Write(Id);
        frame.Write(Pid);
        frame.End();
    }

    internal static StartedBody Read(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        var started = new StartedBody(reader.ReadUInt32(), reader.ReadInt32());
        reader.End();
        return started;
    }
}

/// <summary>The program could not be executed.</summary>
internal readonly record struct StartFailedBody(uint Id, int Errno)
{
    internal void WriteTo(ByteQueue queue)
    {
        var frame = new FrameWriter(queue, FrameType.StartFailed);
        frame.Write(Id);
        frame.Write(Errno);
        frame.End();
    }

    internal static StartFailedBody Read(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        var failed = new StartFailedBody(reader.ReadUInt32(), reader.ReadInt32());
        reader.End();
        return failed;
    }
}

/// <summary>
/// Bytes the process, or a descendant that kept its pipe, wrote to standard output (1), standard error (2) or the third pipe (3).
/// </summary>
internal readonly ref struct OutputBody(uint id, byte stream, ReadOnlySpan<byte> bytes)
{
    /// <summary>What precedes the bytes: the frame's header, the number, the stream.</summary>
    private const int PrefixBytes = Frame.HeaderBytes + sizeof(uint) + 1;

    internal const byte Stdout = 1, Stderr = 2, Extra = 3;

    internal uint Id { get; } = id;

    internal byte Stream { get; } = stream;

    internal ReadOnlySpan<byte> Bytes { get; } = bytes;

    internal void WriteTo(ByteQueue queue)
    {
        var frame = new FrameWriter(queue, FrameType.Output);
        frame.Write(Id);
        frame.Write(Stream);
        queue.Append(Bytes);
        frame.End();
    }

    /// <summary>
    /// Lets <paramref name="read"/> put the bytes straight where the frame wants them, at most <paramref name="most"/>.
    /// Its result is passed on; the frame exists only when that is positive.
    /// </summary>
    internal static int WriteTo(ByteQueue queue, uint id, byte stream, int most, Func<Memory<byte>, int> read)
    {
        var room = queue.Room(PrefixBytes + most);
        var count = read(room.Slice(PrefixBytes, most));
        if (count > 0)
        {
            var frame = new FrameWriter(queue, FrameType.Output);
            frame.Write(id);
            frame.Write(stream);
            queue.Append(count);
            frame.End();
        }

        return count;
    }

    internal static OutputBody Read(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        var (id, stream) = (reader.ReadUInt32(), reader.ReadByte());
        return stream is Stdout or Stderr or Extra
            ? new OutputBody(id, stream, reader.ReadRest())
            : throw new MalformedFrameException($"output of a stream {stream}");
    }
}

/// <summary>
/// The process was reaped: it left with a status, or by a signal that is not 0. All that its pipes held then was sent before.
/// </summary>
internal readonly record struct ExitedBody(uint Id, int Status, int Signal)
{
    internal void WriteTo(ByteQueue queue)
    {
        var frame = new FrameWriter(queue, FrameType.Exited);
        frame.Write(Id);
        frame.Write(Status);
        frame.Write(Signal);
        frame.End();
    }

    internal static ExitedBody Read(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        var exited = new ExitedBody(reader.ReadUInt32(), reader.ReadInt32(), reader.ReadInt32());
        reader.End();
        return exited;
    }
}
