using System.Numerics;
using Thaw.Contracts;
using Thaw.Sandboxing;
using Thaw.Telemetry.Frames;

namespace Thaw.Environments.Processes;

/// <summary>
/// What one participant writes, as events.
///
///   stdout, stderr: the lines that came in one piece are one event with one stamp; the two are never mixed within a line
///   frames:         each is an event, whatever lines it has; what is no frame there is lines, too
/// </summary>
internal sealed class ParticipantStreams : IProcessOutput, ILogFrames
{
    private readonly Lock oneAtATime = new();
    private readonly string participant;
    private readonly ILifecycleEvents events;
    private readonly TimeProvider time;
    private readonly LineSplitter stdout, stderr, strays;
    private readonly LogFrameReader frames;
    private byte[] lent = [];

    // Looked at after every invocation, without the lock: whoever flushes has been told of all that was written.
    private volatile bool hasUnflushed;

    public ParticipantStreams(string participant, ILifecycleEvents events, TimeProvider time)
    {
        (this.participant, this.events, this.time) = (participant, events, time);
        stdout = new LineSplitter(Limits.LogLineBytes, Lines);
        stderr = new LineSplitter(Limits.LogLineBytes, Lines);
        strays = new LineSplitter(Limits.LogLineBytes, Lines);
        frames = new LogFrameReader(Limits.LogLineBytes, this);
    }

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (oneAtATime)
        {
            hasUnflushed = true;
            if (stream == OutputStream.Extra)
                frames.Write(bytes);
            else
                (stream == OutputStream.Stdout ? stdout : stderr).Write(bytes);
        }
    }

    public ValueTask RoomAsync() => events.RoomAsync();

    /// <summary>Hands over what has no end yet.</summary>
    public void Flush()
    {
        if (!hasUnflushed)
            return;
        lock (oneAtATime)
        {
            hasUnflushed = false;
            stdout.Flush();
            stderr.Flush();
            frames.Flush();
            strays.Flush();
        }
    }

    /// <summary>The same, when nobody is left to end it.</summary>
    public void End()
    {
        lock (oneAtATime)
        {
            frames.End();
            hasUnflushed = true;
            Flush();
        }
    }

    void ILogFrames.Frame(LogFrameHead head, ReadOnlySpan<byte> message)
    {
        strays.Flush();
        events.Emit(new LogFrame(participant, message.ToArray(), head.Level, head.IsJson) { Time = head.TimeAt(time.GetUtcNow()) });
    }

    void ILogFrames.Text(ReadOnlySpan<byte> bytes) => strays.Write(bytes);

    private void Lines(ReadOnlySpan<byte> lines)
    {
        // The splitter's bytes are lent too, but only as a span.
        if (lent.Length < lines.Length)
            lent = new byte[Math.Min(Limits.LogLineBytes, (int)BitOperations.RoundUpToPowerOf2((uint)lines.Length))];
        lines.CopyTo(lent);
        events.Emit(new OutputLines(participant, lent.AsMemory(0, lines.Length)) { Time = time.GetUtcNow() });
    }
}
