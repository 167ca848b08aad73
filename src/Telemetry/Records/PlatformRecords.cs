using System.Buffers;
using Thaw.Contracts;

namespace Thaw.Telemetry.Records;

/// <summary>A platform event as the JSON that subscribers get; spec 4.3, 4.4.</summary>
public static class PlatformRecords
{
    /// <summary>
    /// Writes the whole object, without a newline at its end. A report has two in the Logs API, <c>platform.end</c> and
    /// <c>platform.report</c>, with a newline between them.
    /// </summary>
    /// <returns>False, and nothing is written, when the schema has no such event.</returns>
    public static bool Write(PlatformEvent happened, EnvironmentIdentity identity, TelemetrySchema schema, IBufferWriter<byte> to) =>
        schema is TelemetrySchema.Logs20200815 or TelemetrySchema.Logs20210318
            ? LogsRecords.Write(happened, identity, schema, to)
            : TelemetryRecords.Write(happened, identity, to);

    /// <summary>Begins an envelope; its record is the next thing to be written, its end the last.</summary>
    internal static JsonObject Envelope(PlatformEvent happened, ReadOnlySpan<byte> type, IBufferWriter<byte> to)
    {
        var envelope = new JsonObject(to);
        envelope.Time("time"u8, happened.Time);
        envelope.Word("type"u8, type);
        return envelope;
    }

    /// <summary>A timeout has always the same type in Init and Restore; spec 4.4.</summary>
    internal static ErrorType? InitType(PhaseStatus status, ErrorType? type) =>
        status == PhaseStatus.Timeout ? ErrorType.RuntimeUnknown : type;

    internal static void WriteTracing(ref JsonObject record, InvocationOrigin origin)
    {
        if (origin.TraceHeader is null)
            return;
        var tracing = record.Object("tracing"u8);
        tracing.Text("spanId"u8, origin.SpanId);
        tracing.Word("type"u8, "X-Amzn-Trace-Id"u8);
        tracing.Text("value"u8, origin.TraceHeader);
        tracing.End();
    }

    /// <summary>The figures of a report, with the decimals that the log shows.</summary>
    internal static void WriteMetrics(ref JsonObject record, InvokeMetrics metrics, Dialect dialect)
    {
        var figures = record.Object("metrics"u8);
        figures.Milliseconds("durationMs"u8, metrics.Duration, places: 2);
        figures.Whole("billedDurationMs"u8, metrics.BilledMilliseconds(dialect));
        figures.Whole("memorySizeMB"u8, metrics.MemoryMegabytes);
        figures.Whole("maxMemoryUsedMB"u8, metrics.MaxMemoryUsedMegabytes);
        figures.Milliseconds("initDurationMs"u8, metrics.InitDuration, places: 2);
        figures.Milliseconds("restoreDurationMs"u8, metrics.RestoreDuration, places: 2);
        figures.End();
    }

    internal static void WriteExtension(ExtensionReport report, IBufferWriter<byte> to)
    {
        var envelope = Envelope(report, "platform.extension"u8, to);
        var record = envelope.Object("record"u8);
        record.Text("name"u8, report.Name);
        record.Text("state"u8, report.State);
        record.Texts("events"u8, report.Events);
        record.Type(report.ErrorType);
        record.End();
        envelope.End();
    }

    internal static void WriteSubscription(TelemetrySubscribed subscribed, IBufferWriter<byte> to)
    {
        var type = subscribed.Subscription.IsLogsApi ? "platform.logsSubscription"u8 : "platform.telemetrySubscription"u8;
        var envelope = Envelope(subscribed, type, to);
        var record = envelope.Object("record"u8);
        record.Text("name"u8, subscribed.Name);
        record.Word("state"u8, "Subscribed"u8);
        record.Texts("types"u8, subscribed.Subscription.Types);
        record.End();
        envelope.End();
    }
}
