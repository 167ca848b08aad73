using Thaw.Contracts;
using Thaw.Sandboxing;

namespace Thaw.Environments.Processes;

/// <summary>
/// What one participant writes, as events: the lines that came in one piece are one event with one stamp. Standard output and error are
/// never mixed within a line.
/// </summary>
internal sealed class ParticipantStreams : IProcessOutput
{
    private readonly Lock oneAtATime = new();
    private readonly ILifecycleEvents events;
    private readonly LineSplitter stdout;
    private readonly LineSplitter stderr;

    public ParticipantStreams(string participant, ILifecycleEvents events, TimeProvider time)
    {
        this.events = events;
        stdout = new LineSplitter(Limits.LogLineBytes, Emit);
        stderr = new LineSplitter(Limits.LogLineBytes, Emit);

        void Emit(ReadOnlySpan<byte> lines) => events.Emit(new OutputLines(participant, lines.ToArray()) { Time = time.GetUtcNow() });
    }

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (oneAtATime)
            (stream == OutputStream.Stdout ? stdout : stderr).Write(bytes);
    }

    public ValueTask RoomAsync() => events.RoomAsync();

    public void Flush()
    {
        lock (oneAtATime)
        {
            stdout.Flush();
            stderr.Flush();
        }
    }
}
