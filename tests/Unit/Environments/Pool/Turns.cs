namespace Thaw.UnitTests.Environments.Pool;

/// <summary>Runs what a test does, and all that follows from it, on the test's own thread: afterwards nothing is on its way.</summary>
internal sealed class Turns : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> waiting = [];

    public override void Post(SendOrPostCallback d, object? state) => waiting.Enqueue((d, state));

    public void Do(Action action) => Do(() =>
    {
        action();
        return true;
    });

    public T Do<T>(Func<T> function)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var result = function();
            while (waiting.TryDequeue(out var next))
                next.Callback(next.State);
            return result;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
