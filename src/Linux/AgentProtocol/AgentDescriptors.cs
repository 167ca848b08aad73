namespace Thaw.Linux.AgentProtocol;

/// <summary>The descriptors that an agent is born with, beside the three that every program has.</summary>
internal static class AgentDescriptors
{
    /// <summary>The control link: frames, both ways.</summary>
    internal const int Link = 3;

    /// <summary>Where the daemon gets the pipes of every process, to see if they are empty; a <see cref="DescriptorChannel"/>.</summary>
    internal const int Pipes = 4;

    /// <summary>The memory of the <see cref="OutputGauge"/>.</summary>
    internal const int Gauge = 5;

    /// <summary>/proc/self/oom_score_adj, in a sandbox of namespaces; set-up opens it, and it stays.</summary>
    internal const int OutOfMemoryOrder = 6;

    /// <summary>Where the mounts begin that an agent gets for its set-up.</summary>
    internal const int FirstMount = 10;
}
