using System.Collections.Concurrent;
using Thaw.Contracts;
using Thaw.Sandboxing;

namespace Thaw.Environments.Processes;

/// <summary>What the processes write, as lines among the events. Standard output and error are never mixed within a line.</summary>
internal sealed class ProcessOutputs(ILifecycleEvents events, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Streams> participants = new();

    public IProcessOutput Of(string participant) => participants.GetOrAdd(participant, name => new Streams(name, events, time));

    /// <summary>Hands over last lines that have no newline; nobody is left to finish them.</summary>
    public void Flush()
    {
        foreach (var (_, streams) in participants)
            streams.Flush();
    }

    private sealed class Streams : IProcessOutput
    {
        private readonly Lock oneAtATime = new();
        private readonly LineSplitter stdout;
        private readonly LineSplitter stderr;

        public Streams(string participant, ILifecycleEvents events, TimeProvider time)
        {
            stdout = new LineSplitter(Limits.LogLineBytes, Emit);
            stderr = new LineSplitter(Limits.LogLineBytes, Emit);

            void Emit(ReadOnlySpan<byte> line) => events.Emit(new OutputLines(participant, line.ToArray()) { Time = time.GetUtcNow() });
        }

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
        {
            lock (oneAtATime)
                (stream == OutputStream.Stdout ? stdout : stderr).Write(bytes);
        }

        public void Flush()
        {
            lock (oneAtATime)
            {
                stdout.Flush();
                stderr.Flush();
            }
        }
    }
}
