namespace Thaw.SimulationTests;

/// <summary>What can go wrong in one world. Each seed draws first which faults are possible at all, then when they strike.</summary>
internal sealed class Faults(Random random)
{
    private readonly bool crash = random.Next(2) == 0;
    private readonly bool hang = random.Next(2) == 0;
    private readonly bool slow = random.Next(2) == 0;
    private readonly bool lie = random.Next(2) == 0;
    private readonly bool stubborn = random.Next(2) == 0;
    private readonly bool hangUp = random.Next(2) == 0;
    private readonly bool refuse = random.Next(3) == 0;
    private readonly bool breakDown = random.Next(3) == 0;

    private bool healed;

    public static Faults None(Random random) => new(random) { healed = true };

    public bool Crashes => Strikes(crash, 12);

    public bool Hangs => Strikes(hang, 12);

    public bool IsSlow => Strikes(slow, 6);

    public bool Lies => Strikes(lie, 4);

    /// <summary>Gives up a long poll, and asks again a moment later.</summary>
    public bool HangsUp => Strikes(hangUp, 2);

    /// <summary>Ignores SIGTERM and the SHUTDOWN event.</summary>
    public bool IsStubborn => Strikes(stubborn, 2);

    /// <summary>The sandbox cannot be made, does not start a process, or is not gone after its destruction.</summary>
    public bool Refuses => Strikes(refuse, 10);

    /// <summary>The sandbox cannot be frozen.</summary>
    public bool RefusesToFreeze => Strikes(refuse, 10);

    /// <summary>The sandbox collapses by itself.</summary>
    public bool BreaksDown => Strikes(breakDown, 4);

    /// <summary>Nothing goes wrong any more: whoever was harmed must recover.</summary>
    public void Heal() => healed = true;

    /// <summary>Nothing went wrong so far, nor will it.</summary>
    public bool IsHealed => healed;

    private bool Strikes(bool possible, int oneIn) => !healed && possible && random.Next(oneIn) == 0;
}
