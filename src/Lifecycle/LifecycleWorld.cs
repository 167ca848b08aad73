using Thaw.Contracts;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>What the phases of one environment share: its settings, and the world as it was passed in.</summary>
internal sealed record LifecycleWorld(
    LifecycleSettings Settings,
    IParticipantProcesses Processes,
    ILifecycleEvents Events,
    TimeProvider Time,
    Func<Guid> NewId,
    SerialScheduler Scheduler)
{
    /// <summary>How long phases may take.</summary>
    public TimeLimits Limits { get; } = new(Scheduler, Time);

    /// <inheritdoc cref="ILifecycleEvents.WantsSteps"/>
    public bool WantsSteps { get; } = Events.WantsSteps;

    /// <summary>Tells what happens now.</summary>
    public void Emit(LifecycleEvent happening) => Emit(happening, Time.GetUtcNow());

    /// <summary>Tells what has happened then.</summary>
    public void Emit(LifecycleEvent happened, DateTimeOffset at)
    {
        happened.Time = at;
        Events.Emit(happened);
    }

    public TimeLimit Limit(Deadline deadline) => Limits.Begin(deadline);

    public Deadline DeadlineAfter(TimeSpan budget) => Deadline.After(budget, Time);
}
