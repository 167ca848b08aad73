namespace Thaw.Lifecycle.Scheduling;

/// <summary>Something a phase waits for. It is given once, stays given, and can be taken back for the next round.</summary>
internal sealed class Signal
{
    // Continuations stay on the serial scheduler because the scheduler never inlines.
    private TaskCompletionSource given = new();

    public bool IsGiven => given.Task.IsCompleted;

    public void Give() => given.TrySetResult();

    public void TakeBack()
    {
        if (IsGiven)
            given = new();
    }

    /// <summary>Returns when the signal is given; throws when <paramref name="stop"/> fires first.</summary>
    public Task WaitAsync(CancellationToken stop) => given.Task.WaitAsync(stop);
}
