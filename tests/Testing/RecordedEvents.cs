using Thaw.Contracts;

namespace Thaw.Testing;

/// <summary>Everything a lifecycle emitted, in order.</summary>
public sealed class RecordedEvents : ILifecycleEvents
{
    private readonly List<LifecycleEvent> all = [];

    public IReadOnlyList<LifecycleEvent> All
    {
        get
        {
            lock (all)
                return [.. all];
        }
    }

    public void Emit(LifecycleEvent happened)
    {
        lock (all)
            all.Add(happened is OutputLines lines ? lines.Copy() : happened);
    }

    public IReadOnlyList<T> Of<T>()
        where T : LifecycleEvent => [.. All.OfType<T>()];
}
