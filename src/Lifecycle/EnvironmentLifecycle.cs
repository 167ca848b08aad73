using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>
/// The life of one execution environment.
///
///   Init ----> ready &lt;----> Invoke ----> Shutdown (spindown)
///     |          ^             |
///     | failed   | Restore     | timeout, exit, crash
///     v          |             v
///   the next Invoke      reset: Shutdown, /tmp kept; the next Invoke
///   repeats Init         begins with a suppressed Init
///
/// It decides and waits; it has no process, socket or clock of its own. Methods may be called from any thread; phases do not overlap.
/// </summary>
public sealed class EnvironmentLifecycle
{
    private const string NeverAgain = "A clone of a snapshot is not initialised again";

    private static readonly Task<PhaseOutcome> Initialized = Task.FromResult(PhaseOutcome.Success);

    private readonly LifecycleWorld world;
    private volatile Generation current;
    private TimeSpan? initDuration;
    private RestoreTimes? restored;
    private volatile string? interruption;

    public EnvironmentLifecycle(
        LifecycleSettings settings, IParticipantProcesses processes, ILifecycleEvents events, TimeProvider time, Func<Guid> newId)
    {
        world = new LifecycleWorld(settings, processes, events, time, newId, new SerialScheduler());
        current = new Generation(world);
    }

    /// <summary>What the APIs ask of the processes that are alive now. A new connection takes hold of it once and keeps it.</summary>
    public ParticipantCalls Calls => current.Calls;

    /// <summary>Every later phase fails: it was shut down or interrupted, or holds something that cannot be killed.</summary>
    public bool HasEnded => interruption is not null;

    internal Generation Current => current;

    /// <summary>Another clone does what this one has failed to do: its processes are what they are by the snapshot.</summary>
    private bool IsForSnapStart => world.Settings.InitializationType == InitializationType.SnapStart;

    /// <summary>The last body posted to init/error, until an Init succeeds; spec: ENV-032.</summary>
    public InvocationError? PostedInitError { get; private set; }

    /// <summary>
    /// Init, ahead of any invoke. A failure is kept: the first invoke tries again on its own time. An overrun is stopped at once.
    /// Spec 1.2-1.4.
    /// </summary>
    public Task<PhaseOutcome> InitAsync() => world.Scheduler.RunAsync(async () =>
    {
        using var limit = world.Limit(world.DeadlineAfter(world.Settings.InitLimit));
        var outcome = await InitAsync(Phase.Init, limit);
        if (outcome is PhaseOutcome.TimedOut)
            await ResetAsync(outcome.ShutdownReason);
        return outcome;
    });

    /// <summary>
    /// What a snapshot must remember of the processes; null while one of them is at work, or has failed: none may be taken then. Spec 7.2.
    /// </summary>
    public Task<ParkedProcesses?> ParkAsync() => world.Scheduler.EnterAsync(() => current.Park()).AsTask();

    /// <summary>
    /// Goes on after a snapshot of an initialised environment was resumed. After a failure only Shutdown is left; spec 1.10.
    /// </summary>
    /// <param name="snapshot">Processes of another life, as this one's first; null when its own go on.</param>
    public Task<PhaseOutcome> RestoreAsync(IRestoredProcesses? snapshot = null) => world.Scheduler.RunAsync(async () =>
    {
        var isPossible = snapshot is null ? current.IsInitialized : !current.HasStarted;
        if (!isPossible)
            current.Fail(ErrorType.SandboxFailure, "Nothing was initialised that could be restored");
        var phase = new RestorePhase(world, current, snapshot);
        using var limit = world.Limit(world.DeadlineAfter(phase.Left(world.Settings.RestoreLimit)));
        var outcome = await phase.RunAsync(limit);
        (initDuration, restored) = (null, phase.Times);
        return outcome;
    });

    /// <summary>
    /// One invocation, from dispatch until everyone is ready for the next. The answer goes to its response, earlier; spec 1.5.
    /// </summary>
    public Task<PhaseOutcome> InvokeAsync(Invocation invocation) =>
        world.Scheduler.BeginAsync(new InvokePhase(this, world, invocation).RunAsync);

    /// <summary>Ends the life: every later phase fails. Call it when no phase runs, or after <see cref="Interrupt"/>.</summary>
    /// <returns>Whether everyone is gone.</returns>
    public Task<bool> ShutdownAsync(ShutdownReason reason) => world.Scheduler.RunAsync(async () =>
    {
        var allGone = await new ShutdownPhase(world, current).RunAsync(reason);
        EndWith("The environment has ended");
        world.Limits.Close();
        return allGone;
    });

    /// <summary>Makes the running phase, if any, fail at once, and every later one: the sandbox broke, or its owner must go.</summary>
    public void Interrupt(string reason) => world.Scheduler.Post(() => EndWith(reason));

    /// <summary>What the caller of a failed phase gets: the body posted to init/error, or a generated one; spec 1.4, 1.7.</summary>
    public InvocationError ErrorFor(PhaseOutcome outcome, RequestId requestId) => outcome switch
    {
        PhaseOutcome.TimedOut => GeneratedError.ForTimeout(requestId, world.Settings.Function, world.Time.GetUtcNow()),
        PhaseOutcome.Failed failed => PostedInitError ?? GeneratedError.For(failed, requestId),
        _ => throw new ArgumentException("A success has no error body.", nameof(outcome)),
    };

    /// <summary>A suppressed init, when the processes have not been initialised or were reset; spec 1.4.</summary>
    internal Task<PhaseOutcome> EnsureInitializedAsync(TimeLimit limit) => current.IsInitialized ? Initialized : InitAgainAsync(limit);

    /// <summary>
    /// Ends this generation and makes room for another: registrations, subscriptions and states are forgotten, /tmp is kept. Spec 1.6.
    /// </summary>
    internal async Task ResetAsync(ShutdownReason reason)
    {
        var allGone = await new ShutdownPhase(world, current).RunAsync(reason);
        if (!allGone)
            interruption ??= "A process could not be killed";
        (initDuration, restored) = (null, null);
        current = new Generation(world);
        if (IsForSnapStart)
            interruption ??= NeverAgain;

        // Whoever interrupted meant the environment, not the generation that was just ending.
        if (interruption is not null)
            EndWith(interruption);
    }

    /// <summary>The figures of one invoke. Only the first one after Init or Restore reports those.</summary>
    internal InvokeMetrics Measure(TimeSpan duration)
    {
        const double BytesPerMegabyte = 1024 * 1024;
        var used = (int)Math.Ceiling(world.Processes.MaxMemoryUsedBytes / BytesPerMegabyte);
        var metrics = new InvokeMetrics(duration, world.Settings.Function.MemoryMegabytes, used, initDuration, restored?.Whole)
        {
            BilledRestoreDuration = restored?.Billed,
        };
        (initDuration, restored) = (null, null);
        return metrics;
    }

    private async Task<PhaseOutcome> InitAgainAsync(TimeLimit limit)
    {
        if (IsForSnapStart)
            return current.Fail(ErrorType.SandboxFailure, NeverAgain);
        if (current.HasStarted)
            await ResetAsync(ShutdownReason.Failure);
        return await InitAsync(Phase.Invoke, limit);
    }

    private void EndWith(string reason)
    {
        interruption ??= reason;
        current.Fail(ErrorType.SandboxFailure, reason);
    }

    private async Task<PhaseOutcome> InitAsync(Phase during, TimeLimit limit)
    {
        current.HasStarted = true;
        var phase = new InitPhase(world, current, during);
        var outcome = await phase.RunAsync(limit);

        // The time of a suppressed one is within that of its invoke; spec: ENV-003.
        initDuration = outcome.IsSuccess && during == Phase.Init ? phase.Duration : null;
        PostedInitError = outcome.IsSuccess ? null : current.PostedInitError ?? PostedInitError;
        return outcome;
    }
}
