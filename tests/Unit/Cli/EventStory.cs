using Thaw.Contracts;

namespace Thaw.UnitTests.Cli;

/// <summary>Tells a life in milliseconds, for tests that draw or write it down.</summary>
internal sealed class EventStory
{
    public static readonly DateTimeOffset Start = new(2026, 9, 16, 12, 34, 56, TimeSpan.Zero);

    public List<LifecycleEvent> Events { get; } = [];

    public static DateTimeOffset At(double ms) => Start.AddMilliseconds(ms);

    public EventStory Begins(double ms, Phase phase, bool suppressed = false, string? requestId = null) =>
        Add(new PhaseStarted(phase, suppressed, requestId is null ? null : new RequestId(requestId)) { Time = At(ms) });

    public EventStory Ends(double ms, Phase phase, PhaseStatus status = PhaseStatus.Success, ErrorType? errorType = null) =>
        Add(new PhaseEnded(phase, status, errorType) { Time = At(ms) });

    public EventStory Does(double ms, string participant, ParticipantStep step, string? failure = null) =>
        Add(new ParticipantStepped(participant, step, failure) { Time = At(ms) });

    public EventStory Add(LifecycleEvent happened)
    {
        Events.Add(happened);
        return this;
    }

    /// <summary>Init with one extension, one invoke that the extension outlasts, Shutdown.</summary>
    public static EventStory ColdStart() => new EventStory()
        .Begins(0, Phase.Init)
        .Does(1, "metrics", ParticipantStep.Started)
        .Does(30, "metrics", ParticipantStep.Registered)
        .Does(31, "runtime", ParticipantStep.Started)
        .Does(60, "metrics", ParticipantStep.Ready)
        .Does(200, "runtime", ParticipantStep.Ready)
        .Ends(200, Phase.Init)
        .Begins(200, Phase.Invoke, requestId: "r1")
        .Does(200, "metrics", ParticipantStep.Woken)
        .Does(200, "runtime", ParticipantStep.Woken)
        .Does(240, "runtime", ParticipantStep.Responded)
        .Does(241, "runtime", ParticipantStep.Ready)
        .Does(300, "metrics", ParticipantStep.Ready)
        .Ends(300, Phase.Invoke)
        .Begins(300, Phase.Shutdown)
        .Does(310, "runtime", ParticipantStep.Gone)
        .Does(310, "metrics", ParticipantStep.Woken)
        .Does(340, "metrics", ParticipantStep.Gone)
        .Ends(340, Phase.Shutdown);
}
