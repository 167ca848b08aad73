namespace Thaw.Environments.Pool;

/// <summary>The right to run one invocation in an environment; decision 0003.</summary>
public sealed class InvocationSlot
{
    private readonly EnvironmentPool pool;
    private readonly PooledEnvironment pooled;
    private int answered;

    internal InvocationSlot(EnvironmentPool pool, PooledEnvironment pooled) => (this.pool, this.pooled) = (pool, pooled);

    public IEnvironment Environment => pooled.Environment;

    /// <summary>The caller has its answer: the environment will be free in a moment. Counts once.</summary>
    public void Answered()
    {
        if (Interlocked.Exchange(ref answered, 1) == 0)
            pool.Answered(pooled);
    }

    /// <summary>The environment is ready for the next invocation, or fit for none. Call it once.</summary>
    public void Return(bool isFit)
    {
        // An answer that comes later announces nothing any more.
        var wasAnswered = Interlocked.Exchange(ref answered, 1) == 1;
        pool.Return(pooled, isFit, wasAnswered);
    }
}
