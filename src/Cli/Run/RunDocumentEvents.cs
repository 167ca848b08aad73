using Thaw.Contracts;
using static Thaw.Cli.Run.RunDocument;

namespace Thaw.Cli.Run;

/// <summary>Each event as a flat item: platform events under telemetry's names, our own under <c>thaw.*</c>.</summary>
internal static class RunDocumentEvents
{
    public static EventItem Item(LifecycleEvent happened, Since since, Dialect dialect)
    {
        var at = since.At(happened.Time);
        return happened switch
        {
            InitStart e => new(at, "platform.initStart", Phase: Word(e.Phase), InitializationType: e.InitializationType.ToWireName()),
            InitRuntimeDone e => new(at, "platform.initRuntimeDone", Phase: Word(e.Phase),
                InitializationType: e.InitializationType.ToWireName(),
                Status: Word(e.Status), ErrorType: e.ErrorType?.Name),
            InitReport e => new(at, "platform.initReport", Phase: Word(e.Phase), InitializationType: e.InitializationType.ToWireName(),
                Status: Word(e.Status), ErrorType: e.ErrorType?.Name, DurationMs: Since.Ms(e.Duration)),
            ExtensionReport e => new(at, "platform.extension", Name: e.Name, State: e.State, Subscriptions: e.Events,
                ErrorType: e.ErrorType?.Name),
            RestoreStart => new(at, "platform.restoreStart"),
            RestoreRuntimeDone e => new(at, "platform.restoreRuntimeDone", Status: Word(e.Status), ErrorType: e.ErrorType?.Name),
            RestoreReport e => new(at, "platform.restoreReport", Status: Word(e.Status), ErrorType: e.ErrorType?.Name,
                DurationMs: Since.Ms(e.Duration)),
            InvokeStart e => new(at, "platform.start", RequestId: e.RequestId.Value, Version: e.Version, TraceId: e.Origin.TraceHeader),
            RuntimeDone e => new(at, "platform.runtimeDone", RequestId: e.RequestId.Value, Status: Word(e.Status),
                ErrorType: e.ErrorType?.Name,
                DurationMs: Since.Ms(e.Duration ?? TimeSpan.Zero), ProducedBytes: e.ProducedBytes, Spans: Items(e.Spans, since)),
            InvokeReport e => new(at, "platform.report", RequestId: e.RequestId.Value, Status: Word(e.Status), ErrorType: e.ErrorType?.Name,
                Metrics: Item(e.Metrics, dialect), Spans: Items(e.Spans, since)),
            InvokeFault e => new(at, "platform.fault", RequestId: e.RequestId.Value, ErrorType: e.ErrorType?.Name, Failure: e.Reason),
            ImageFault e => new(at, "thaw.imageFault", Failure: e.Text),
            TelemetrySubscribed e => new(at, e.Subscription.IsLogsApi ? "platform.logsSubscription" : "platform.telemetrySubscription",
                Name: e.Name, State: "Subscribed", Subscriptions: e.Subscription.Types),
            LogsDropped e => new(at, "platform.logsDropped", Name: e.Subscriber, Failure: e.Reason),
            PhaseStarted e => new(at, "thaw.phaseStarted", Phase: Word(e.Phase), Suppressed: e.Suppressed, RequestId: e.RequestId?.Value),
            PhaseEnded e => new(at, "thaw.phaseEnded", Phase: Word(e.Phase), Status: Word(e.Status), ErrorType: e.ErrorType?.Name),
            ParticipantStepped e => new(at, "thaw.participantStepped", Name: e.Participant, Step: Word(e.Step), Failure: e.Failure),
            // A kind that is newer than this list still shows, under its own name.
            _ => new(at, "thaw." + System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(happened.GetType().Name)),
        };
    }

    private static MetricsItem Item(InvokeMetrics metrics, Dialect dialect) => new(
        Since.Ms(metrics.Duration), metrics.BilledMilliseconds(dialect), metrics.MemoryMegabytes, metrics.MaxMemoryUsedMegabytes,
        metrics.InitDuration is { } init ? Since.Ms(init) : null, metrics.RestoreDuration is { } restore ? Since.Ms(restore) : null);

    private static SpanItem[] Items(IReadOnlyList<Span> spans, Since since) =>
        [.. spans.Select(span => new SpanItem(span.Name, since.At(span.Start), Since.Ms(span.Duration)))];
}
