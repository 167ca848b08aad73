using Thaw.Contracts;

namespace Thaw.Daemon.Metrics;

/// <summary>Counts what happens in one environment; an invocation costs six additions.</summary>
internal sealed class EnvironmentMetrics : ILifecycleEvents
{
    private readonly FunctionMetrics metrics;
    private int isInvoking;
    private bool hasFunctionError;

    public EnvironmentMetrics(FunctionMetrics metrics)
    {
        this.metrics = metrics;
        metrics.EnvironmentBegan();
    }

    public void Emit(LifecycleEvent happened)
    {
        switch (happened)
        {
            case PhaseStarted { Phase: Phase.Invoke }:
                hasFunctionError = false;
                if (Interlocked.Exchange(ref isInvoking, 1) == 0)
                    metrics.Began();
                break;
            case RuntimeDone done:
                hasFunctionError = done.FunctionError is not null;
                break;
            case InvokeReport report:
                Count(report);
                break;
            case PhaseEnded { Phase: Phase.Invoke }:
                EndInvoke();
                break;
            case LogsDropped dropped:
                metrics.Dropped(dropped.Records);
                break;
            case EnvironmentEnded:
                EndInvoke();
                metrics.EnvironmentEnded();
                break;
        }
    }

    private void Count(InvokeReport report)
    {
        metrics.Duration.Add(report.Metrics.Duration);
        if (hasFunctionError || report.Status != PhaseStatus.Success)
            metrics.Failed();
        if (report.Metrics.InitDuration is { } init)
            metrics.InitDuration.Add(init);
        if (report.Metrics.RestoreDuration is { } restore)
            metrics.RestoreDuration.Add(restore);
        foreach (var span in report.Spans)
        {
            if (span.Name == "extensionOverhead")
                metrics.PostRuntimeExtensionsDuration.Add(span.Duration);
        }
    }

    private void EndInvoke()
    {
        if (Interlocked.Exchange(ref isInvoking, 0) == 1)
            metrics.Ended();
    }
}
