using Thaw.Contracts;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle.Participants;

/// <summary>A runtime or an extension: a process that says it is done by asking for Next.</summary>
internal abstract class Participant(string name, Generation generation)
{
    private readonly TaskCompletionSource<ProcessExit> gone = new();
    private IParticipantProcess? process;
    private bool isGone;

    public string Name => name;

    /// <summary>It has asked for its next event and has nothing to do.</summary>
    public Signal Ready { get; } = new();

    /// <summary>Completes when its process is gone. Never, for one without a process of its own.</summary>
    public Task<ProcessExit> Gone => gone.Task;

    public bool IsRunning => process is not null && !isGone;

    protected Generation Generation => generation;

    /// <summary>Whether it waits in a call for what comes next.</summary>
    public abstract bool IsParked { get; }

    /// <summary>Its process came back with a snapshot; null when it did not.</summary>
    public void Resume(IParticipantProcess? restored) => Adopt(restored is null
        ? new ProcessStarted.Refused(ErrorType.SandboxFailure, $"The snapshot has no process of {name}")
        : new ProcessStarted.Running(restored));

    /// <summary>SIGTERM to the process group, if it still runs.</summary>
    public void Terminate()
    {
        if (IsRunning)
            process!.Terminate();
    }

    /// <summary>SIGKILL to the process group, if it still runs.</summary>
    public void Kill()
    {
        if (IsRunning)
            process!.Kill();
    }

    /// <summary>Takes the outcome of a start: watches the process, or fails the generation.</summary>
    protected void Adopt(ProcessStarted started)
    {
        switch (started)
        {
            case ProcessStarted.Running running:
                process = running.Process;
                Step(ParticipantStep.Started);
                _ = WatchAsync(running.Process);

                // The phase that asked for it is over: everyone else has been killed already.
                if (generation.IsStopping)
                    Kill();
                break;
            case ProcessStarted.Refused refused:
                Step(ParticipantStep.Gone, refused.Reason);
                OnRefused(refused);
                generation.Fail(refused.ErrorType, refused.Reason);
                break;
        }
    }

    protected void Step(ParticipantStep step, string? failure = null) =>
        generation.EmitStep(name, step, failure);

    protected abstract void OnRefused(ProcessStarted.Refused refused);

    /// <summary>What an exit means that nobody asked for.</summary>
    protected abstract void OnCrash(ProcessExit exit);

    protected abstract void OnStopped(ProcessExit exit);

    private async Task WatchAsync(IParticipantProcess watched)
    {
        var exit = await watched.Exited;
        isGone = true;
        if (generation.IsStopping)
        {
            // A process that exits during shutdown is never reported as a crash; spec 1.8.
            OnStopped(exit);
            Step(ParticipantStep.Gone);
        }
        else
        {
            Step(ParticipantStep.Gone, exit.ToString());
            if (exit.SandboxBroke)
                generation.Fail(ErrorType.SandboxFailure, "The sandbox broke");
            else
                OnCrash(exit);
        }

        // Last, because who waits for it goes on at once.
        gone.SetResult(exit);
    }
}
