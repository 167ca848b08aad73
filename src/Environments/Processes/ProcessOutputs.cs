using Thaw.Contracts;
using Thaw.Sandboxing;

namespace Thaw.Environments.Processes;

/// <summary>What the processes write, as lines and frames among the events.</summary>
internal sealed class ProcessOutputs(ILifecycleEvents events, TimeProvider time)
{
    private readonly Lock gate = new();

    // Few, seldom more of them, and looked at after every invocation.
    private volatile (string Participant, ParticipantStreams Streams)[] all = [];

    public IProcessOutput Of(string participant)
    {
        lock (gate)
        {
            foreach (var (known, streams) in all)
            {
                if (known == participant)
                    return streams;
            }

            var added = new ParticipantStreams(participant, events, time);
            all = [.. all, (participant, added)];
            return added;
        }
    }

    /// <summary>Hands over what has no end yet. The processes go on.</summary>
    public void Flush()
    {
        foreach (var (_, streams) in all)
            streams.Flush();
    }

    /// <summary>The same, when nobody is left to end it. What comes later is from other processes.</summary>
    public void End()
    {
        foreach (var (_, streams) in all)
            streams.End();
    }
}
