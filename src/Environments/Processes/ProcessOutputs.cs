using System.Collections.Concurrent;
using Thaw.Contracts;
using Thaw.Sandboxing;

namespace Thaw.Environments.Processes;

/// <summary>What the processes write, as lines among the events.</summary>
internal sealed class ProcessOutputs(ILifecycleEvents events, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ParticipantStreams> participants = new();

    public IProcessOutput Of(string participant) =>
        participants.GetOrAdd(participant, name => new ParticipantStreams(name, events, time));

    /// <summary>Hands over last lines that have no newline; nobody is left to finish them.</summary>
    public void Flush()
    {
        foreach (var (_, streams) in participants)
            streams.Flush();
    }
}
