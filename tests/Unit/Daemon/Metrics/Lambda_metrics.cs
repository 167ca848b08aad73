using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Daemon.Logs;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.Records;
using Thaw.Environments;

namespace Thaw.UnitTests.Daemon.Metrics;

public sealed class Lambda_metrics
{
    private static readonly RequestId Id = new("id");

    private readonly EventBatches batches = new(new FakeTimeProvider());
    private readonly LambdaMetrics lambda;
    private readonly EnvironmentMetrics environment;

    public Lambda_metrics()
    {
        lambda = new LambdaMetrics(batches);
        environment = lambda.Watch(new VersionId("f", "7"));
    }

    [Fact]
    public void Show_what_has_happened_and_was_not_told_yet()
    {
        var events = new EnvironmentEvents(batches, new LogTails(), environment);
        events.Emit(new PhaseStarted(Phase.Invoke, false, Id));
        ShouldShow("aws_lambda_concurrent_executions", 1);
        events.Emit(new InvokeReport(Id, PhaseStatus.Success, null, new(Ms(5), 128, 9, null, null), []));
        events.Emit(new PhaseEnded(Phase.Invoke, PhaseStatus.Success, null));
        Assert.Equal((1, 0), (lambda.NowOf(new VersionId("f", "7")).Duration.Count, lambda.NowOf(new VersionId("f", "7")).Concurrent));
    }

    [Fact]
    public void Count_invocations_and_errors_of_both_kinds()
    {
        Invoke(PhaseStatus.Success);
        Invoke(PhaseStatus.Success, functionError: new("RangeError"));
        Invoke(PhaseStatus.Success);
        Invoke(PhaseStatus.Timeout);
        Invoke(PhaseStatus.Error);
        ShouldShow("aws_lambda_invocations_total", 5);
        ShouldShow("aws_lambda_errors_total", 3);
        ShouldShow("aws_lambda_throttles_total", 0);
        ShouldShow("aws_lambda_duration_milliseconds_count", 5);
    }

    [Fact, Trait("Spec", "API-122")]
    public void Count_a_throttled_call_as_nothing_else()
    {
        Invoke(PhaseStatus.Success);
        lambda.Of(new VersionId("f", "7")).Throttled();
        lambda.Of(new VersionId("f", "7")).Throttled();
        ShouldShow("aws_lambda_throttles_total", 2);
        ShouldShow("aws_lambda_invocations_total", 1);
        ShouldShow("aws_lambda_errors_total", 0);
        ShouldShow("aws_lambda_duration_milliseconds_count", 1);
    }

    [Fact]
    public void Sort_durations_into_buckets_that_hold_all_below_them()
    {
        Invoke(PhaseStatus.Success, 1);
        Invoke(PhaseStatus.Success, 1.5);
        Invoke(PhaseStatus.Success, 2_000_000);
        Assert.Contains(Line("aws_lambda_duration_milliseconds_bucket", ",le=\"1\"", "1"), Text(), StringComparison.Ordinal);
        Assert.Contains(Line("aws_lambda_duration_milliseconds_bucket", ",le=\"2.5\"", "2"), Text(), StringComparison.Ordinal);
        Assert.Contains(Line("aws_lambda_duration_milliseconds_bucket", ",le=\"900000\"", "2"), Text(), StringComparison.Ordinal);
        Assert.Contains(Line("aws_lambda_duration_milliseconds_bucket", ",le=\"+Inf\"", "3"), Text(), StringComparison.Ordinal);
        Assert.Contains(Line("aws_lambda_duration_milliseconds_sum", "", "2000002.5"), Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Have_init_restore_and_extensions_where_the_report_has_them()
    {
        environment.Emit(new InvokeReport(Id, PhaseStatus.Success, null, new(Ms(5), 128, 9, Ms(100), null),
            [new("extensionOverhead", default, Ms(3))]));
        environment.Emit(new InvokeReport(Id, PhaseStatus.Success, null, new(Ms(5), 128, 9, null, Ms(40)), []));
        ShouldShow("aws_lambda_init_duration_milliseconds_sum", 100);
        ShouldShow("aws_lambda_restore_duration_milliseconds_sum", 40);
        ShouldShow("aws_lambda_post_runtime_extensions_duration_milliseconds_sum", 3);
        ShouldShow("aws_lambda_post_runtime_extensions_duration_milliseconds_count", 1);
    }

    [Fact]
    public void Show_what_is_at_work_now()
    {
        ShouldShow("thaw_environments", 1);
        environment.Emit(new PhaseStarted(Phase.Init, Suppressed: false, null));
        ShouldShow("aws_lambda_concurrent_executions", 0);
        environment.Emit(new PhaseStarted(Phase.Invoke, Suppressed: false, Id));
        environment.Emit(new PhaseStarted(Phase.Init, Suppressed: true, null));
        environment.Emit(new PhaseEnded(Phase.Init, PhaseStatus.Success, null));
        ShouldShow("aws_lambda_concurrent_executions", 1);
        Assert.Contains("\naws_lambda_concurrent_executions 1\n", Text(), StringComparison.Ordinal);
        Assert.Contains("\naws_lambda_unreserved_concurrent_executions 1\n", Text(), StringComparison.Ordinal);

        // An environment that is lost in the middle of an invocation.
        environment.Emit(new EnvironmentEnded());
        ShouldShow("aws_lambda_concurrent_executions", 0);
        ShouldShow("thaw_environments", 0);
    }

    [Fact]
    public void Tell_what_is_ready_and_what_was_dropped()
    {
        environment.Emit(new LogsDropped("metrics", 12, 3456, "slow"));
        ShouldShow("thaw_telemetry_dropped_records_total", 12);
        var text = MetricsText.Of(lambda, new(SandboxesReady: 2, SnapshotBytes: 5, LogEntriesDropped: 3, SpansDropped: 4));
        Assert.Contains("\nthaw_log_entries_dropped_total 3\n", text, StringComparison.Ordinal);
        Assert.Contains("\nthaw_sandboxes_ready 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nthaw_snapshot_bytes 5\n", text, StringComparison.Ordinal);
        Assert.Contains("\nthaw_otlp_spans_dropped_total 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_text_that_Prometheus_reads()
    {
        lambda.Watch(new VersionId("a", "$LATEST"));
        var families = new Dictionary<string, string>();
        foreach (var line in Text().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is ["#", "TYPE", var name, var type])
                Assert.True(families.TryAdd(name, type), $"{name} comes twice");
            else if (!line.StartsWith("# HELP ", StringComparison.Ordinal))
                Assert.Matches(@"^[a-z_]+(\{([a-z_]+=""[^""]*"",?)+\})? \d+(\.\d+)?$", line);
        }

        Assert.Equal(20, families.Count);
        Assert.Contains("aws_lambda_errors_total{function_name=\"a\",executed_version=\"$LATEST\"} 0\n", Text(), StringComparison.Ordinal);
    }

    private void Invoke(PhaseStatus status, double milliseconds = 5, ErrorType? functionError = null)
    {
        environment.Emit(new PhaseStarted(Phase.Invoke, Suppressed: false, Id));
        environment.Emit(new RuntimeDone(Id, status, null, null, null, []) { FunctionError = functionError });
        environment.Emit(new InvokeReport(Id, status, null, new(Ms(milliseconds), 128, 9, null, null), []));
        environment.Emit(new PhaseEnded(Phase.Invoke, status, null));
    }

    private string Text() => MetricsText.Of(lambda, new(0, 0, 0, 0));

    private void ShouldShow(string name, double value) =>
        Assert.Contains(Line(name, "", $"{value}"), Text(), StringComparison.Ordinal);

    private static string Line(string name, string labels, string value) =>
        $"\n{name}{{function_name=\"f\",executed_version=\"7\"{labels}}} {value}\n";

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
