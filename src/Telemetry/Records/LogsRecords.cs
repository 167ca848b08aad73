using System.Buffers;
using Thaw.Contracts;

namespace Thaw.Telemetry.Records;

/// <summary>The events of the older Logs API; spec 4.4.</summary>
internal static class LogsRecords
{
    public static bool Write(PlatformEvent happened, EnvironmentIdentity identity, TelemetrySchema schema, IBufferWriter<byte> to)
    {
        switch (happened)
        {
            case ExtensionReport extension:
                PlatformRecords.WriteExtension(extension, to);
                return true;
            case TelemetrySubscribed { Subscription.IsLogsApi: true } subscribed:
                PlatformRecords.WriteSubscription(subscribed, to);
                return true;
            case InvokeFault fault:
                WriteFault(fault, to);
                return true;
            case InvokeReport report:
                WriteEnd(report, to);
                to.Write("\n"u8);
                break;
        }

        var type = TypeOf(happened, schema);
        if (type.IsEmpty)
            return false;
        var envelope = PlatformRecords.Envelope(happened, type, to);
        var record = envelope.Object("record"u8);
        WriteRecord(ref record, happened, identity);
        record.End();
        envelope.End();
        return true;
    }

    private static ReadOnlySpan<byte> TypeOf(PlatformEvent happened, TelemetrySchema schema) => happened switch
    {
        InvokeStart => "platform.start"u8,
        RuntimeDone when schema == TelemetrySchema.Logs20210318 => "platform.runtimeDone"u8,
        InvokeReport => "platform.report"u8,
        RestoreReport => "platform.restoreReport"u8,
        LogsDropped => "platform.logsDropped"u8,
        _ => default,
    };

    private static void WriteRecord(ref JsonObject record, PlatformEvent happened, EnvironmentIdentity identity)
    {
        switch (happened)
        {
            case InvokeStart start:
                record.Text("requestId"u8, start.RequestId.Value);
                record.Text("version"u8, start.Version);
                break;
            case RuntimeDone done:
                record.Text("requestId"u8, done.RequestId.Value);
                record.Word("status"u8, RecordWords.Of(done.Status));
                break;
            case InvokeReport report:
                record.Text("requestId"u8, report.RequestId.Value);
                PlatformRecords.WriteMetrics(ref record, report.Metrics, identity.Function.Dialect);
                PlatformRecords.WriteTracing(ref record, report.Origin);
                break;
            case RestoreReport report:
                WriteRestore(ref record, report);
                break;
            case LogsDropped dropped:
                record.Text("reason"u8, dropped.Reason);
                record.Whole("droppedRecords"u8, dropped.Records);
                record.Whole("droppedBytes"u8, dropped.Bytes);
                break;
        }
    }

    private static void WriteRestore(ref JsonObject record, RestoreReport report)
    {
        record.Word("status"u8, RecordWords.Of(report.Status));
        record.Type(PlatformRecords.InitType(report.Status, report.ErrorType));
        var metrics = record.Object("metrics"u8);
        metrics.Milliseconds("durationMs"u8, report.Duration);
        metrics.Whole("billedDurationMs"u8, Billing.Milliseconds(report.BilledDuration));
        metrics.End();
    }

    // The report's own event comes behind it.
    private static void WriteEnd(InvokeReport report, IBufferWriter<byte> to)
    {
        var envelope = PlatformRecords.Envelope(report, "platform.end"u8, to);
        var record = envelope.Object("record"u8);
        record.Text("requestId"u8, report.RequestId.Value);
        record.End();
        envelope.End();
    }

    // Faults are rare: this one may make objects.
    private static void WriteFault(InvokeFault fault, IBufferWriter<byte> to)
    {
        var type = fault.ErrorType is { } known ? $"\n{known}" : "";
        var envelope = PlatformRecords.Envelope(fault, "platform.fault"u8, to);
        envelope.Text("record"u8, $"RequestId: {fault.RequestId} Error: {fault.Reason}{type}");
        envelope.End();
    }
}
