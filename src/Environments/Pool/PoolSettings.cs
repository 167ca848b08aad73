namespace Thaw.Environments.Pool;

/// <summary>How long environments live without work, and how many come into being at once. AWS publishes none of these; spec 1.9.</summary>
public sealed record PoolSettings
{
    /// <summary>An environment without work is shut down after this time. Default: 10 minutes.</summary>
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>An environment of this age gets no further work. Default: 4 hours; AWS says "every few hours".</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(4);

    /// <summary>
    /// How long a caller waits for an environment that has answered and is about to be free, before it gets a new one. Default: 20 ms, much
    /// more than a runtime needs to ask for its next event, and less than a cold start.
    /// </summary>
    public TimeSpan FinishingPatience { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Environments in their Init at the same time, at least 1. More of them would only steal each other's ten seconds. Default: 8.
    /// </summary>
    public int StartsAtOnce { get; init; } = 8;

    /// <summary>
    /// How long the sandbox of an ended environment stays while others start, who are not to be disturbed. Default: half a second.
    /// </summary>
    public TimeSpan LongestCalm { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Invocations at once in one environment. Classic Lambda has 1.</summary>
    public int SlotsPerEnvironment { get; init; } = 1;

    /// <summary>What all environments may have together, in bytes, counted by their functions' memory sizes.</summary>
    public long MemoryBytes { get; init; } = long.MaxValue;
}
