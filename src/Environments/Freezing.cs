using Thaw.Sandboxing;

namespace Thaw.Environments;

/// <summary>
/// Sees to it that nobody in an environment has processor time between two phases. It is frozen in the background, and only when the next
/// phase lets it wait; then thawing is one step before that phase.
///
///   awake --last phase ends--> resting --<see cref="Patience"/>--> frozen
///     ^                           |                    |
///     +------ a phase begins -----+------- thaw -------+
///
/// Spec: ENV-013, ENV-014.
/// </summary>
/// <remarks>
/// Members may be called from any thread. One at a time works on the sandbox, without holding the gate: who comes while it freezes waits
/// until whoever freezes it has thawed it again. Timers are set no more often than once per patience, however many phases there are.
/// </remarks>
internal sealed class Freezing
{
    /// <summary>Callers that call again at once find the environment awake: a freeze and a thaw cost a fifth of a warm invoke.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Lock gate = new();
    private readonly IFreezable sandbox;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private TaskCompletionSource? turn;    // Made by the first who waits for whoever works.
    private int phases;
    private long restsSince;
    private bool isTimed;
    private bool isWorking;
    private bool isFrozen;
    private bool mayFreeze;

    public Freezing(IFreezable sandbox, TimeProvider time)
    {
        (this.sandbox, this.time, mayFreeze) = (sandbox, time, sandbox.CanFreeze);
        timer = time.CreateTimer(_ => _ = RestedAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes when nothing is left of the last phase that needs somebody inside. Never fails.</summary>
    public Func<Task> Settled { get; init; } = () => Task.CompletedTask;

    /// <summary>Called when it has been frozen, before anyone thaws it.</summary>
    public Action Frozen { get; init; } = () => { };

    /// <summary>Called once, with the reason: from now on it stays awake.</summary>
    public Action<string> CannotFreeze { get; init; } = _ => { };

    /// <summary>Called with the reason: nothing can run in it any more.</summary>
    public Action<string> CannotThaw { get; init; } = _ => { };

    /// <summary>A phase begins: on return everyone inside goes on, if that is possible at all. <see cref="Rest"/> must follow.</summary>
    public ValueTask AwakeAsync()
    {
        lock (gate)
        {
            phases++;
            if (isWorking)
                return new((turn ??= new TaskCompletionSource()).Task);
            if (!isFrozen)
                return default;
            isWorking = true;
        }

        return ThawAsync();
    }

    /// <summary>A phase has ended: after the last one, nobody inside has anything to do.</summary>
    public void Rest()
    {
        lock (gate)
        {
            phases--;
            if (phases > 0 || !mayFreeze)
                return;
            restsSince = time.GetTimestamp();
            if (!isTimed)
                LookAgainAfter(Patience);
        }
    }

    /// <summary>On return it is awake, for good. May be called more than once.</summary>
    public async ValueTask EndAsync()
    {
        await AwakeAsync();
        await timer.DisposeAsync();
    }

    private void LookAgainAfter(TimeSpan delay)
    {
        isTimed = true;
        timer.Change(delay > Tick ? delay : Tick, Timeout.InfiniteTimeSpan);
    }

    private async Task RestedAsync()
    {
        await Settled();
        lock (gate)
        {
            isTimed = false;
            if (phases > 0 || !mayFreeze || isFrozen || isWorking)
                return;

            // There was a phase meanwhile: the timer rings for the one before.
            var left = Patience - time.GetElapsedTime(restsSince);
            if (left > TimeSpan.Zero)
            {
                LookAgainAfter(left);
                return;
            }

            isWorking = true;
        }

        await FreezeAsync();
    }

    private async Task FreezeAsync()
    {
        // Nobody waits until they all stand still, which may take long: who comes now thaws them.
        var standing = BeginFreeze();
        if (IsWantedFrozen())
            Frozen();
        if (TryFinish(out var waiting))
            waiting?.SetResult();
        else
            await ThawAsync();

        try
        {
            await standing;
        }
        catch (SandboxException failure)
        {
            StayAwake(failure);
        }
    }

    private ValueTask BeginFreeze()
    {
        try
        {
            var standing = sandbox.FreezeAsync();
            if (standing.IsFaulted)
                standing.GetAwaiter().GetResult();
            isFrozen = true;
            return standing;
        }
        catch (SandboxException failure)
        {
            StayAwake(failure);
            return default;
        }
    }

    private async ValueTask ThawAsync()
    {
        try
        {
            await sandbox.ThawAsync();
        }
        catch (SandboxException failure)
        {
            mayFreeze = false;
            CannotThaw(failure.Message);
        }

        isFrozen = false;
        TryFinish(out var waiting);
        waiting?.SetResult();
    }

    private bool IsWantedFrozen()
    {
        lock (gate)
            return isFrozen && phases == 0;
    }

    /// <summary>Whoever works is done with it, unless somebody needs it awake.</summary>
    private bool TryFinish(out TaskCompletionSource? waiting)
    {
        waiting = null;
        lock (gate)
        {
            if (isFrozen && phases > 0)
                return false;
            isWorking = false;
            (waiting, turn) = (turn, null);
            return true;
        }
    }

    private void StayAwake(SandboxException failure)
    {
        lock (gate)
        {
            if (!mayFreeze)
                return;
            mayFreeze = false;
        }

        CannotFreeze(failure.Message);
    }
}
