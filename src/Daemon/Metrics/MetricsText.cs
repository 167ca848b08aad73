using System.Globalization;
using System.Text;
using Thaw.Environments;

namespace Thaw.Daemon.Metrics;

/// <summary>Metrics as Prometheus reads them, text format 0.0.4; the names are Lambda's in Prometheus' spelling.</summary>
internal static class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Of(LambdaMetrics lambda, DaemonFigures daemon)
    {
        var all = lambda.All();
        var text = new StringBuilder();
        Counter("aws_lambda_invocations_total", "Invocations: how often code ran, with or without success",
            metrics => metrics.Duration.Cumulated()[^1]);
        Counter("aws_lambda_errors_total", "Errors: invocations that ended in a function error", metrics => metrics.Errors);
        Counter("aws_lambda_throttles_total", "Throttles: calls that were sent away; they are no invocations",
            metrics => metrics.Throttles);
        Durations("aws_lambda_duration_milliseconds", "Duration: the time that an invocation took", metrics => metrics.Duration);
        Durations("aws_lambda_init_duration_milliseconds", "InitDuration: of an Init, at the first invocation behind it",
            metrics => metrics.InitDuration);
        Durations("aws_lambda_restore_duration_milliseconds", "RestoreDuration: of a Restore, at the first invocation behind it",
            metrics => metrics.RestoreDuration);
        Durations("aws_lambda_post_runtime_extensions_duration_milliseconds",
            "PostRuntimeExtensionsDuration: what extensions took longer than the runtime",
            metrics => metrics.PostRuntimeExtensionsDuration);

        Counter("aws_lambda_async_events_received_total", "AsyncEventsReceived: events that were queued",
            metrics => metrics.AsyncEventsReceived);
        Counter("aws_lambda_async_events_dropped_total", "AsyncEventsDropped: queued events that ended without success",
            metrics => metrics.AsyncEventsDropped);
        Durations("aws_lambda_async_event_age_milliseconds", "AsyncEventAge: from the queue to each attempt",
            metrics => metrics.AsyncEventAge);
        Counter("aws_lambda_dead_letter_errors_total", "DeadLetterErrors: events that no dead-letter queue took",
            metrics => metrics.DeadLetterErrors);
        Counter("aws_lambda_destination_delivery_failures_total", "DestinationDeliveryFailures: records that no destination took",
            metrics => metrics.DestinationDeliveryFailures);

        var concurrent = all.Sum(entry => (long)entry.Value.Concurrent);
        Gauge("aws_lambda_concurrent_executions", "ConcurrentExecutions: invocations at work; without labels, of all functions",
            metrics => metrics.Concurrent);
        Sample("aws_lambda_concurrent_executions", "", concurrent);
        Head("aws_lambda_unreserved_concurrent_executions", "gauge",
            "UnreservedConcurrentExecutions: those of functions without reserved concurrency");
        Sample("aws_lambda_unreserved_concurrent_executions", "", concurrent);

        Gauge("thaw_environments", "Environments that there are, at work or not", metrics => metrics.Environments);
        Head("thaw_sandboxes_ready", "gauge", "Empty sandboxes that wait for a cold start");
        Sample("thaw_sandboxes_ready", "", daemon.SandboxesReady);
        Head("thaw_snapshot_bytes", "gauge", "What the snapshots of versions have on disk");
        Sample("thaw_snapshot_bytes", "", daemon.SnapshotBytes);
        Counter("thaw_telemetry_dropped_records_total", "Telemetry records dropped because their subscriber was slow",
            metrics => metrics.DroppedRecords);
        Head("thaw_log_entries_dropped_total", "counter", "Log entries that could not be stored");
        Sample("thaw_log_entries_dropped_total", "", daemon.LogEntriesDropped);
        Head("thaw_otlp_spans_dropped_total", "counter", "Spans that no collector took");
        Sample("thaw_otlp_spans_dropped_total", "", daemon.SpansDropped);
        return text.ToString();

        void Counter(string name, string help, Func<FunctionMetrics, long> value) => Each(name, "counter", help, value);

        void Gauge(string name, string help, Func<FunctionMetrics, long> value) => Each(name, "gauge", help, value);

        void Each(string name, string type, string help, Func<FunctionMetrics, long> value)
        {
            Head(name, type, help);
            foreach (var (version, metrics) in all)
                Sample(name, Labels(version), value(metrics));
        }

        void Durations(string name, string help, Func<FunctionMetrics, Histogram> value)
        {
            Head(name, "histogram", help);
            foreach (var (version, metrics) in all)
                Buckets(name, Labels(version), value(metrics));
        }

        void Buckets(string name, string labels, Histogram histogram)
        {
            var counts = histogram.Cumulated();
            for (var bucket = 0; bucket < counts.Length; bucket++)
            {
                var bound = bucket < Histogram.Bounds.Count ? Number(Histogram.Bounds[bucket]) : "+Inf";
                Sample($"{name}_bucket", $"{labels},le=\"{bound}\"", counts[bucket]);
            }

            Sample($"{name}_sum", labels, histogram.Sum.TotalMilliseconds);
            Sample($"{name}_count", labels, counts[^1]);
        }

        void Head(string name, string type, string help) =>
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}.\n# TYPE {name} {type}\n");

        void Sample(string name, string labels, double value) => text.Append(
            CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : "{" + labels + "}")} {Number(value)}\n");
    }

    private static string Labels(VersionId version) =>
        $"function_name=\"{Escaped(version.Function)}\",executed_version=\"{Escaped(version.Version)}\"";

    private static string Escaped(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
