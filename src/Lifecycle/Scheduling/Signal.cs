namespace Thaw.Lifecycle.Scheduling;

/// <summary>Something a phase waits for. It is given once, stays given, and can be taken back for the next round.</summary>
internal sealed class Signal
{
    private Wait? waiting;

    public bool IsGiven { get; private set; }

    public void Give()
    {
        IsGiven = true;
        for (var wait = waiting; wait is not null; wait = wait.Before)
            wait.End();
        waiting = null;
    }

    public void TakeBack() => IsGiven = false;

    /// <summary>Returns when the signal is given; throws when <paramref name="stop"/> fires first.</summary>
    public Task WaitAsync(CancellationToken stop)
    {
        if (IsGiven)
            return Task.CompletedTask;
        waiting = new Wait(waiting);
        waiting.StopWith(stop);
        return waiting.Task;
    }

    private sealed class Wait(Wait? before) : TaskCompletionSource
    {
        private CancellationTokenRegistration stopping;

        public Wait? Before => before;

        public void StopWith(CancellationToken stop) =>
            stopping = stop.UnsafeRegister(static (wait, stop) => ((Wait)wait!).TrySetCanceled(stop), this);

        /// <summary>Whoever waits goes on in a step of its own, not within the one that gives the signal.</summary>
        public void End()
        {
            stopping.Unregister();
            SynchronizationContext.Current!.Post(static wait => ((Wait)wait!).TrySetResult(), this);
        }
    }
}
