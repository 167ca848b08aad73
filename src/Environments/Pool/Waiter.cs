namespace Thaw.Environments.Pool;

/// <summary>A caller for whom there is no environment yet.</summary>
/// <param name="patientUntil">Until then it waits for one that is about to be free, as a timestamp of the pool's clock.</param>
/// <param name="start">Starts an environment for it.</param>
internal sealed class Waiter(Fleet fleet, long patientUntil, Func<Waiter, Task<Lease>> start)
{
    // Plain, and completed outside of the pool's lock: whoever waits goes on where it belongs.
    private readonly TaskCompletionSource<Lease> granted = new();

    public Fleet Fleet => fleet;

    public long PatientUntil => patientUntil;

    /// <summary>What it is to start, though there may be a newer plan by then: the memory was set aside for this one.</summary>
    public EnvironmentPlan Plan { get; set; } = fleet.Plan;

    /// <summary>Memory for an environment of its own, in bytes; zero while it waits for another's.</summary>
    public long SetAside { get; set; }

    /// <summary>
    /// Environments that have given their memory away and must have been left before the new one starts. All of them: one may have had
    /// more than its heir wanted, or an heir that then did not need it.
    /// </summary>
    public IReadOnlyList<PooledEnvironment> StartsAfter { get; set; } = [];

    /// <summary>What it gets in the end.</summary>
    public Task<Lease> Granted => granted.Task;

    public void Give(Lease lease) => granted.SetResult(lease);

    /// <summary>It is its turn: what it gets is an environment of its own.</summary>
    public async Task StartAsync()
    {
        try
        {
            granted.SetResult(await start(this));
        }
#pragma warning disable CA1031 // It is told to whoever waits.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            granted.SetException(fault);
        }
    }
}
