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
}
