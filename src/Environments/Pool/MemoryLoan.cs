namespace Thaw.Environments.Pool;

/// <summary>Memory of the pool's for an environment that is not. Whoever has it disposes of it when nothing of that is left.</summary>
public sealed class MemoryLoan : IDisposable
{
    // Plain, and completed outside of the pool's lock: whoever waits goes on where it belongs.
    private readonly TaskCompletionSource granted = new();
    private readonly EnvironmentPool pool;

    internal MemoryLoan(EnvironmentPool pool, long bytes) => (this.pool, Bytes) = (pool, bytes);

    internal long Bytes { get; }

    /// <summary>In bytes; zero before it is granted, and once it is given back.</summary>
    internal long SetAside { get; set; }

    /// <summary>Environments that have given their memory away and must have been left before it is used.</summary>
    internal IReadOnlyList<PooledEnvironment> UsableAfter { get; set; } = [];

    internal Task Granted => granted.Task;

    public void Dispose() => pool.GiveBack(this);

    internal void Grant() => granted.SetResult();
}
