using Thaw.Sandboxing;

namespace Thaw.SimulationTests;

/// <summary>
/// Stops the scripts of one environment where they pause, and lets them go on. Nothing may be asked of whoever is frozen.
/// </summary>
internal sealed class SimulatedFreezer(SimulatedEnvironment environment) : IFreezable
{
    private readonly World world = environment.World;
    private TaskCompletionSource? thawed;
    private int phases;

    public bool CanFreeze => true;

    public bool IsFrozen => thawed is not null;

    /// <summary>How often it froze.</summary>
    public int Freezes { get; private set; }

    public async ValueTask FreezeAsync()
    {
        if (environment.HasCollapsed)
            throw new SandboxException("The sandbox is gone");
        if (environment.Faults.RefusesToFreeze)
            throw new SandboxException("The sandbox does not freeze");
        if (IsFrozen)
            environment.Violate("is frozen twice");
        if (phases > 0)
            environment.Violate("is frozen within a phase");
        environment.Note("frozen");
        thawed = new TaskCompletionSource();
        Freezes++;
        await world.Pause(20, CancellationToken.None);
    }

    public ValueTask ThawAsync()
    {
        if (environment.HasCollapsed)
            throw new SandboxException("The sandbox is gone");
        if (!IsFrozen)
            environment.Violate("is thawed though it is not frozen");
        environment.Note("thawed");
        LetGo();
        return default;
    }

    /// <summary>The sandbox is gone, and with it whoever stood still.</summary>
    public void LetGo()
    {
        var frozen = thawed;
        thawed = null;
        frozen?.SetResult();
    }

    public void PhaseBegins()
    {
        phases++;
        MustBeAwake("a phase");
    }

    public void PhaseEnds() => phases--;

    public void MustBeAwake(string what)
    {
        if (IsFrozen)
            environment.Violate($"is frozen when it is needed for {what}");
    }

    /// <summary>What a script takes its time for; while it is frozen, it does not go on.</summary>
    public async Task PauseAsync(int maxMilliseconds, CancellationToken stop)
    {
        await world.Pause(maxMilliseconds, stop);
        while (thawed is { } frozen)
            await frozen.Task.WaitAsync(stop);
    }
}
