using System.Collections.Concurrent;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Failures;

/// <summary>One daemon for all cases, which enforces memory.</summary>
public sealed class DaemonOfFailures : IAsyncLifetime
{
    private readonly FunctionsFolder functions = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<FailureStory>>> stories = [];

    internal RunningDaemon Running { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Running = await RunningDaemon.StartAsync(functions, "--enforce-memory");

        // They take as long as an Init may: meanwhile the others go on.
        var slow = FailureCase.All.Where(failure => failure.IsAtLoad && failure.Deed.StartsWith("hang", StringComparison.Ordinal));
        foreach (var failure in slow)
        {
            _ = StoryOfAsync(failure);
            _ = StoryOfAsync(failure with { IsInRecords = true });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        functions.Dispose();
    }

    internal Task<FailureStory> StoryOfAsync(FailureCase failure) =>
        stories.GetOrAdd(failure.Function, _ => new(() => FailureStory.OfAsync(failure, Running, functions))).Value;
}
