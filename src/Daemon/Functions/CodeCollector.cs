using Thaw.Store;
using Thaw.Store.Archive;

namespace Thaw.Daemon.Functions;

/// <summary>
/// Removes code that no function and no layer refers to any more: all of it when the daemon starts, for nothing runs then, and later what
/// nobody has referred to for so long that no invocation can be at work on it.
/// </summary>
internal sealed class CodeCollector(ICodeArchive archive, IStore store, TimeProvider time, Action<string> notice) : IAsyncDisposable
{
    /// <summary>Longer than any invocation, with its Init and its shutdown.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private static readonly TimeSpan Often = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource ending = new();
    private Dictionary<string, long> unreferred = [];
    private Task running = Task.CompletedTask;

    public void Start() => running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await running;
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await CollectAsync(mayGo: null);
            using var timer = new PeriodicTimer(Often, time);
            while (await timer.WaitForNextTickAsync(ending.Token))
                await CollectAgainAsync();
        }
        catch (OperationCanceledException)
        {
            // What is left goes at the next start.
        }
    }

    private async Task CollectAgainAsync()
    {
        // Who is referred to again is not asked for, and so begins anew when it is not.
        var (now, seen) = (time.GetTimestamp(), new Dictionary<string, long>());
        await CollectAsync(name =>
        {
            seen[name] = unreferred.GetValueOrDefault(name, now);
            return time.GetElapsedTime(seen[name], now) >= Patience;
        });
        unreferred = seen;
    }

    private async Task CollectAsync(Func<string, bool>? mayGo)
    {
        try
        {
            await archive.CollectAsync(store, mayGo);
        }
        catch (Exception failure) when (failure is StoreException or IOException or UnauthorizedAccessException)
        {
            notice($"code that nobody uses could not be removed: {failure.Message}");
        }
    }
}
