using System.Collections.Concurrent;
using Thaw.Contracts;
using Thaw.Sandboxing;

namespace Thaw.Environments.Processes;

/// <summary>What the processes write, as lines and frames among the events.</summary>
internal sealed class ProcessOutputs(ILifecycleEvents events, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ParticipantStreams> participants = new();

    public IProcessOutput Of(string participant) =>
        participants.GetOrAdd(participant, name => new ParticipantStreams(name, events, time));

    /// <summary>Hands over what has no end yet. The processes go on.</summary>
    public void Flush()
    {
        foreach (var (_, streams) in participants)
            streams.Flush();
    }

    /// <summary>The same, when nobody is left to end it. What comes later is from other processes.</summary>
    public void End()
    {
        foreach (var (_, streams) in participants)
            streams.End();
    }
}
