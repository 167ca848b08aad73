namespace Thaw.Environments.Pool;

/// <summary>A caller for whom there is no environment yet.</summary>
/// <param name="patientUntil">Until then it waits for one that is about to be free, as a timestamp of the pool's clock.</param>
internal sealed class Waiter(Fleet fleet, long patientUntil)
{
    // Plain, and completed outside of the pool's lock: whoever waits goes on where it belongs.
    private readonly TaskCompletionSource<Lease?> granted = new();

    public Fleet Fleet => fleet;

    public long PatientUntil => patientUntil;

    /// <summary>Memory for an environment of its own, in bytes; zero while it waits for another's.</summary>
    public long SetAside { get; set; }

    /// <summary>Environments that gave way, and must be gone before the new one starts.</summary>
    public List<PooledEnvironment> GaveWay { get; } = [];

    /// <summary>What it gets in the end; null is the right to start an environment.</summary>
    public Task<Lease?> Granted => granted.Task;

    public void Give(Lease? lease) => granted.SetResult(lease);
}
