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
            case InvokeStart start:
                WriteStart(start, to);
                return true;
            case RuntimeDone done when schema == TelemetrySchema.Logs20210318:
                WriteDone(done, to);
                return true;
            case InvokeReport report:
                WriteEnd(report, to);
                to.Write("\n"u8);
                WriteReport(report, identity, to);
                return true;
            case InvokeFault fault:
                WriteFault(fault, to);
                return true;
            case ExtensionReport extension:
                PlatformRecords.WriteExtension(extension, to);
                return true;
            case TelemetrySubscribed { Subscription.IsLogsApi: true } subscribed:
                PlatformRecords.WriteSubscription(subscribed, to);
                return true;
            case RestoreReport report:
                WriteRestore(report, to);
                return true;
            case LogsDropped dropped:
                WriteDropped(dropped, to);
                return true;
            default:
                return false;
        }
    }

    private static void WriteStart(InvokeStart start, IBufferWriter<byte> to)
    {
        var envelope = PlatformRecords.Envelope(start, "platform.start"u8, to);
        var record = envelope.Object("record"u8);
        record.Text("requestId"u8, start.RequestId.Value);
        record.Text("version"u8, start.Version);
        record.End();
        envelope.End();
    }

    private static void WriteDone(RuntimeDone done, IBufferWriter<byte> to)
    {
        var envelope = PlatformRecords.Envelope(done, "platform.runtimeDone"u8, to);
        var record = envelope.Object("record"u8);
        record.Text("requestId"u8, done.RequestId.Value);
        record.Word("status"u8, RecordWords.Of(done.Status));
        record.End();
        envelope.End();
    }

    private static void WriteEnd(InvokeReport report, IBufferWriter<byte> to)
    {
        var envelope = PlatformRecords.Envelope(report, "platform.end"u8, to);
        var record = envelope.Object("record"u8);
        record.Text("requestId"u8, report.RequestId.Value);
        record.End();
        envelope.End();
    }

    private static void WriteReport(InvokeReport report, EnvironmentIdentity identity, IBufferWriter<byte> to)
    {
        var envelope = PlatformRecords.Envelope(report, "platform.report"u8, to);
        var record = envelope.Object("record"u8);
        record.Text("requestId"u8, report.RequestId.Value);
        PlatformRecords.WriteMetrics(ref record, report.Metrics, identity.Function.Dialect);
        PlatformRecords.WriteTracing(ref record, report.Origin);
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

    private static void WriteRestore(RestoreReport report, IBufferWriter<byte> to)
    {
        var envelope = PlatformRecords.Envelope(report, "platform.restoreReport"u8, to);
        var record = envelope.Object("record"u8);
        record.Word("status"u8, RecordWords.Of(report.Status));
        record.Type(PlatformRecords.InitType(report.Status, report.ErrorType));
        var metrics = record.Object("metrics"u8);
        metrics.Milliseconds("durationMs"u8, report.Duration);
        metrics.Whole("billedDurationMs"u8, Billing.Milliseconds(report.BilledDuration));
        metrics.End();
        record.End();
        envelope.End();
    }

    private static void WriteDropped(LogsDropped dropped, IBufferWriter<byte> to)
    {
        var envelope = PlatformRecords.Envelope(dropped, "platform.logsDropped"u8, to);
        var record = envelope.Object("record"u8);
        record.Text("reason"u8, dropped.Reason);
        record.Whole("droppedRecords"u8, dropped.Records);
        record.Whole("droppedBytes"u8, dropped.Bytes);
        record.End();
        envelope.End();
    }
}
