using Thaw.Contracts;

namespace Thaw.Daemon.Traces;

/// <summary>
/// Makes one trace of each invocation in an environment, when it is reported.
///
///   function   |--------------------------------------------------|   from the caller's request to the report
///   queue      |-----------------|
///   Init         |---------------|                                    or Restore; of a suppressed Init within the invocation
///   Invoke                       |------------------|
///   extensionOverhead                               |-------------|
///
/// An Init that was over before the request came is a trace of its own, and the invocation has a link to it.
/// </summary>
/// <param name="spans">Where they go.</param>
internal sealed class InvocationTraces(EnvironmentIdentity identity, TraceSampler sampler, Action<TraceSpan> spans, Random random)
    : ILifecycleEvents
{
    // Init and Restore not yet told: with SnapStart both, and both again after a failure.
    private readonly Queue<Preparation> preparations = new();
    private DateTimeOffset received, invoked, dispatched;
    private DateTimeOffset? preparing;
    private RuntimeDone? done;

    public void Emit(LifecycleEvent happened)
    {
        switch (happened)
        {
            case InitStart or RestoreStart:
                preparing = happened.Time;
                break;
            case InitReport report:
                Prepared("Init", report.Time, Failure(report.Status, report.ErrorType));
                break;
            case RestoreReport report:
                Prepared("Restore", report.Time, Failure(report.Status, report.ErrorType));
                break;
            case PhaseStarted { Phase: Phase.Invoke } started:
                (received, invoked, done) = (started.ReceivedAt ?? started.Time, started.Time, null);
                break;
            case InvokeStart start:
                dispatched = start.Time;
                break;
            case RuntimeDone runtimeDone:
                done = runtimeDone;
                break;
            case InvokeReport report:
                Report(report);
                break;
        }
    }

    private static string? Failure(PhaseStatus status, ErrorType? type) => status switch
    {
        PhaseStatus.Success => null,
        PhaseStatus.Timeout => "timeout",
        _ => type?.Name ?? "error",
    };

    private void Prepared(string name, DateTimeOffset end, string? failure)
    {
        const int Most = 4;
        if (preparations.Count == Most)
            preparations.Dequeue();
        preparations.Enqueue(new Preparation(name, preparing ?? end, end, failure));
        preparing = null;
    }

    private void Report(InvokeReport report)
    {
        var prepared = preparations.ToArray();
        preparations.Clear();
        var caller = report.Origin.BeginsTrace ? null : XRayHeader.Read(report.Origin.TraceHeader);
        var trace = caller?.TraceId ?? XRayHeader.Read(report.Origin.TraceHeader)?.TraceId ?? NewId(16);
        if (!sampler.Takes(trace, caller?.IsSampled))
            return;

        var root = report.Origin.SpanId ?? NewId(8);
        var failure = Failure(report.Status, report.ErrorType) ?? done?.FunctionError?.Name;
        spans(new TraceSpan(trace, root, caller?.ParentId, identity.Function.Name, received, report.Time)
        {
            IsServer = true,
            ErrorType = failure,
            Attributes = Attributes(report, isCold: prepared.Length > 0),
            Links = [.. prepared.Where(preparation => preparation.End <= received).Select(Alone)],
        });
        spans(Part("queue", received, invoked, null));
        foreach (var preparation in prepared.Where(preparation => preparation.End > received))
            spans(Part(preparation.Name, preparation.Start, preparation.End, preparation.Failure));
        if (done is not null)
            spans(Part("Invoke", dispatched, done.Time, Failure(done.Status, done.ErrorType) ?? done.FunctionError?.Name));
        foreach (var span in report.Spans.Where(span => span.Name == "extensionOverhead"))
            spans(Part(span.Name, span.Start, span.Start + span.Duration, null));

        TraceSpan Part(string name, DateTimeOffset start, DateTimeOffset end, string? error) =>
            new(trace, NewId(8), root, name, start, end) { ErrorType = error };
    }

    // Nobody waited for it.
    private SpanLink Alone(Preparation preparation)
    {
        var link = new SpanLink(NewId(16), NewId(8));
        spans(new TraceSpan(link.TraceId, link.SpanId, null, preparation.Name, preparation.Start, preparation.End)
        {
            ErrorType = preparation.Failure,
            Attributes = [new("faas.name", identity.Function.Name), new("faas.instance", identity.LogStream)],
        });
        return link;
    }

    private KeyValuePair<string, object>[] Attributes(InvokeReport report, bool isCold) =>
    [
        new("faas.invocation_id", report.RequestId.Value),
        new("faas.coldstart", isCold),
        new("faas.name", identity.Function.Name),
        new("faas.version", identity.Function.Version),
        new("faas.max_memory", identity.Function.MemoryMegabytes * 1024L * 1024),
        new("faas.instance", identity.LogStream),
        new("cloud.resource_id", identity.Function.Arn),
    ];

    private string NewId(int bytes)
    {
        Span<byte> id = stackalloc byte[bytes];
        random.NextBytes(id);
        return Convert.ToHexStringLower(id);
    }

    private sealed record Preparation(string Name, DateTimeOffset Start, DateTimeOffset End, string? Failure);
}
