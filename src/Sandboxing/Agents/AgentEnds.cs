using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Sandboxing.Agents;

/// <summary>Both ends of what a daemon and a new agent share: the control link, the channel for pipes, the memory of the gauge.</summary>
internal sealed class AgentEnds : IDisposable
{
    private readonly Stack<IDisposable> ours = new(), theirs = new();
    private readonly FileDescriptor link, pipes, theirLink, theirPipes, theirGauge;
    private readonly OutputGauge gauge;

    /// <exception cref="LinuxException">There is no room for it, among our descriptors for example.</exception>
    internal AgentEnds()
    {
        try
        {
            (link, theirLink) = Keep(FileDescriptor.SocketPair());
            (pipes, theirPipes) = Keep(FileDescriptor.SocketPair());
            gauge = OutputGauge.Create(out theirGauge);
            ours.Push(gauge);
            theirs.Push(theirGauge);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the agent's ends go when it is started.</summary>
    internal IReadOnlyList<(int Ours, int Theirs)> Descriptors =>
    [
        (theirLink.Number, AgentDescriptors.Link),
        (theirPipes.Number, AgentDescriptors.Pipes),
        (theirGauge.Number, AgentDescriptors.Gauge),
    ];

    /// <summary>The agent has its ends: ours become a link, which has to be disposed from then on.</summary>
    /// <param name="onMachine">Where a file lies that the agent's processes see under a name; null where the names are the same.</param>
    internal AgentLink Join(Func<string, string?>? onMachine = null)
    {
        var joined = new AgentLink(link, new UnreadOutput(pipes, gauge), onMachine);
        ours.Clear();
        return joined;
    }

    /// <summary>Closes the agent's ends, and ours if nobody has taken them: that may be for want of descriptors.</summary>
    public void Dispose()
    {
        foreach (var end in ours.Concat(theirs))
            end.Dispose();
        ours.Clear();
        theirs.Clear();
    }

    private (FileDescriptor Ours, FileDescriptor Theirs) Keep((FileDescriptor Ours, FileDescriptor Theirs) pair)
    {
        ours.Push(pair.Ours);
        theirs.Push(pair.Theirs);
        return pair;
    }
}
