namespace Thaw.Environments.Pool;

/// <summary>The memory that environments may take together, in bytes. The pool guards it with its lock.</summary>
internal sealed class MemoryBudget(long bytes)
{
    private readonly HashSet<PooledEnvironment> givenAway = [];
    private long taken;

    /// <summary>May be read without the lock.</summary>
    public long Taken => Volatile.Read(ref taken);

    public long Left => bytes - taken;

    /// <summary>Environments whose memory belongs to others already, and that somebody is still in.</summary>
    public IReadOnlyCollection<PooledEnvironment> GivenAway => givenAway;

    /// <summary>Returns what was taken.</summary>
    /// <param name="wanted">No more than is left.</param>
    public long Take(long wanted)
    {
        taken += wanted;
        return wanted;
    }

    public void Give(long back) => taken -= back;

    /// <summary>The environment has to go: its memory may be taken, and used once all have left it.</summary>
    public void GiveAway(PooledEnvironment victim)
    {
        givenAway.Add(victim);
        Give(victim.SetAside);
        victim.SetAside = 0;
    }

    /// <summary>All have left the environment.</summary>
    public void GiveBack(PooledEnvironment vacated)
    {
        givenAway.Remove(vacated);
        Give(vacated.SetAside);
        vacated.SetAside = 0;
    }
}
