using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Participants;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>
/// The phase stops the runtime, then tells the extensions why, and kills whoever outlives the deadline. Without any extension
/// there is nobody to be gentle for; spec 1.8.
///
///   runtime    SIGTERM -------- 30 % --- SIGKILL
///   extension                    SHUTDOWN ------------- 2,000 ms --- SIGKILL
/// </summary>
internal sealed class ShutdownPhase(LifecycleWorld world, Generation generation)
{
    /// <summary>Returns whether everyone is gone; nothing new may be started beside somebody who is not.</summary>
    public async Task<bool> RunAsync(ShutdownReason reason)
    {
        generation.IsStopping = true;
        world.Emit(new PhaseStarted(Phase.Shutdown, Suppressed: false, RequestId: null));

        if (generation.Extensions.Count == 0)
        {
            generation.Runtime.Kill();
        }
        else
        {
            var deadline = world.DeadlineAfter(Budget);
            await StopRuntimeAsync(deadline);
            await StopExtensionsAsync(deadline, reason);
        }

        // Grandchildren and whoever else is left; a parked next ends with its process, never before it. Spec: ENV-042.
        var othersAreGone = await world.Processes.KillAllAsync();
        var allGone = await AwaitExitsAsync() && othersAreGone;
        world.Emit(allGone
            ? new PhaseEnded(Phase.Shutdown, PhaseStatus.Success, null)
            : new PhaseEnded(Phase.Shutdown, PhaseStatus.Failure, ErrorType.SandboxFailure));
        return allGone;
    }

    private bool HasExternal => generation.Extensions.Any(extension => extension.IsExternal);

    private TimeSpan Budget => HasExternal ? world.Settings.ShutdownBudget : world.Settings.InternalShutdownBudget;

    private IEnumerable<Participant> Everyone => [generation.Runtime, .. generation.Extensions];

    private async Task StopRuntimeAsync(Deadline deadline)
    {
        var share = HasExternal ? deadline.Budget * world.Settings.RuntimeShutdownShare : deadline.Budget;
        using var limit = world.Limit(deadline with { Budget = share });
        generation.Runtime.Terminate();
        await GoneOrKilledAsync(generation.Runtime, limit);
    }

    private async Task StopExtensionsAsync(Deadline deadline, ShutdownReason reason)
    {
        using var limit = world.Limit(deadline);
        var external = generation.Extensions.Where(extension => extension.IsExternal).ToArray();
        foreach (var extension in external)
        {
            if (extension.WantsShutdown)
                extension.Send(new ExtensionEvent.Shutdown(world.NewId(), deadline.At, reason));
            else
                extension.Kill(); // spec: ENV-039
        }

        foreach (var extension in external)
            await GoneOrKilledAsync(extension, limit);
    }

    // The sandbox may be unable to kill or to tell: a hard stop keeps that from lasting for ever.
    private async Task<bool> AwaitExitsAsync()
    {
        using var limit = world.Limit(world.DeadlineAfter(world.Settings.ExitLimit));
        foreach (var participant in Everyone.Where(participant => participant.IsRunning))
            _ = await IsGoneInTimeAsync(participant, limit);
        return !Everyone.Any(participant => participant.IsRunning);
    }

    private static async Task GoneOrKilledAsync(Participant participant, TimeLimit limit)
    {
        if (participant.IsRunning && !await IsGoneInTimeAsync(participant, limit))
            participant.Kill();
    }

    private static async Task<bool> IsGoneInTimeAsync(Participant participant, TimeLimit limit)
    {
        try
        {
            await participant.Gone.WaitAsync(limit.Stopped);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
