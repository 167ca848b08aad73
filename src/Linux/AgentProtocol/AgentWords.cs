namespace Thaw.Linux.AgentProtocol;

/// <summary>What an agent is told to do, as the one word of its command line.</summary>
internal static class AgentWords
{
    /// <summary>Wait for a <see cref="LaunchOrder"/>, and give birth to the first process of a sandbox.</summary>
    internal const string Launch = "launch";

    /// <summary>Serve as the first process of a sandbox.</summary>
    internal const string Run = "run";

    /// <summary>The same, with nothing in its hands that is not the sandbox's own: a snapshot can be taken of it.</summary>
    internal const string RunWhole = "run-whole";
}
