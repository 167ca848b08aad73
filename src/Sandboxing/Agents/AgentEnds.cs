using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Sandboxing.Agents;

/// <summary>Both ends of what a daemon and a new agent share: the control link, the channel for pipes, the memory of the gauge.</summary>
/// <remarks>
/// A snapshot can hold no Unix socket whose other end is outside. An agent that is made for one dials its link itself, and has no channel.
/// </remarks>
internal sealed class AgentEnds : IDisposable
{
    private readonly Stack<IDisposable> ours = new(), theirs = new();
    private readonly FileDescriptor? link, pipes, theirLink, theirPipes;
    private readonly FileDescriptor theirGauge;
    private readonly OutputGauge gauge;

    /// <param name="owner">
    /// For an agent that may be in a snapshot, its user on the machine: there is nobody else in its clones that anything could belong to.
    /// </param>
    /// <exception cref="LinuxException">There is no room for it, among our descriptors for example.</exception>
    internal AgentEnds(uint? owner = null)
    {
        try
        {
            if (owner is null)
            {
                (link, theirLink) = Keep(FileDescriptor.SocketPair());
                (pipes, theirPipes) = Keep(FileDescriptor.SocketPair());
            }

            gauge = OutputGauge.Create(out theirGauge);
            ours.Push(gauge);
            theirs.Push(theirGauge);
            if (owner is { } user)
                LinuxException.ThrowIfFailed(Syscalls.fchownat(theirGauge.Number, "", user, user, Syscalls.AT_EMPTY_PATH), "fchownat");
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
        .. theirLink is null ? Array.Empty<(int, int)>() : [(theirLink.Number, AgentDescriptors.Link)],
        .. theirPipes is null ? Array.Empty<(int, int)>() : [(theirPipes.Number, AgentDescriptors.Pipes)],
        (theirGauge.Number, AgentDescriptors.Gauge),
    ];

    /// <summary>The agent has its ends: ours become a link, which has to be disposed from then on.</summary>
    /// <param name="onMachine">Where a file lies that the agent's processes see under a name; null where the names are the same.</param>
    /// <param name="dialled">The connection of an agent that has dialled: the link's from now on.</param>
    internal AgentLink Join(Func<string, string?>? onMachine = null, Socket? dialled = null)
    {
        var unread = new UnreadOutput(pipes, gauge);
        var joined = dialled is null ? new AgentLink(link!, unread, onMachine) : new AgentLink(dialled, unread, onMachine);
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
