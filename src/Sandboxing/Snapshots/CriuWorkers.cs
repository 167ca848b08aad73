namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// Processes of CRIU that wait, so that nobody waits for one to start. Each does one thing and ends; others take the place of those that
/// were taken, one at a time, when nobody has taken any for a moment.
/// </summary>
/// <param name="start">Starts one.</param>
/// <param name="count">How many wait.</param>
internal sealed class CriuWorkers(Func<CancellationToken, Task<CriuWorker>> start, int count) : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Queue<CriuWorker> ready = [];
    private readonly HashSet<Task> ending = [];
    private readonly CancellationTokenSource stop = new();
    private Task filling = Task.CompletedTask;
    private int takes;

    /// <summary>Begins to make them, if it has not begun.</summary>
    internal void Prepare()
    {
        lock (gate)
        {
            if (filling.IsCompleted && ready.Count < count)
                filling = Task.Run(FillAsync, CancellationToken.None);
        }
    }

    /// <summary>One that waits, else a new one.</summary>
    /// <exception cref="SandboxException">It cannot be started.</exception>
    internal async Task<CriuWorker> TakeAsync(CancellationToken giveUp)
    {
        CriuWorker? found;
        lock (gate)
        {
            takes++;
            ready.TryDequeue(out found);
        }

        Prepare();
        return found ?? await start(giveUp).ConfigureAwait(false);
    }

    /// <summary>It has done its thing, or not.</summary>
    internal void GiveBack(CriuWorker worker)
    {
        var end = worker.DisposeAsync().AsTask();
        lock (gate)
            ending.Add(end);
        _ = end.ContinueWith(
            _ =>
            {
                lock (gate)
                    ending.Remove(end);
            },
            TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await filling.ConfigureAwait(false);
        Task[] last;
        lock (gate)
        {
            last = [.. ending, .. ready.Select(worker => worker.DisposeAsync().AsTask())];
            ready.Clear();
        }

        await Task.WhenAll(last).ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task FillAsync()
    {
        try
        {
            for (var seen = -1; IsWanting();)
            {
                int now;
                lock (gate)
                    now = takes;
                if (now != seen)
                {
                    seen = now;
                    await Task.Delay(Rest, stop.Token).ConfigureAwait(false);
                    continue;
                }

                var one = await start(stop.Token).ConfigureAwait(false);
                lock (gate)
                    ready.Enqueue(one);
            }
        }
        catch (Exception failure) when (failure is SandboxException or OperationCanceledException)
        {
            // Whoever needs one will hear of it.
        }

        bool IsWanting()
        {
            lock (gate)
                return ready.Count < count;
        }
    }
}
