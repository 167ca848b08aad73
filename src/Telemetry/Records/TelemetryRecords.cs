using System.Buffers;
using Thaw.Contracts;

namespace Thaw.Telemetry.Records;

/// <summary>The events of the Telemetry API, which are the same in all its schemas, and the system logs of JSON format; spec 4.4.</summary>
internal static class TelemetryRecords
{
    public static bool Write(PlatformEvent happened, EnvironmentIdentity identity, IBufferWriter<byte> to)
    {
        switch (happened)
        {
            case ExtensionReport extension:
                PlatformRecords.WriteExtension(extension, to);
                return true;
            case TelemetrySubscribed subscribed:
                PlatformRecords.WriteSubscription(subscribed, to);
                return true;
        }

        var type = TypeOf(happened);
        if (type.IsEmpty)
            return false;
        var envelope = PlatformRecords.Envelope(happened, type, to);
        var record = envelope.Object("record"u8);
        WriteRecord(ref record, happened, identity, to);
        record.End();
        envelope.End();
        return true;
    }

    private static ReadOnlySpan<byte> TypeOf(PlatformEvent happened) => happened switch
    {
        InvokeStart => "platform.start"u8,
        RuntimeDone => "platform.runtimeDone"u8,
        InvokeReport => "platform.report"u8,
        InitStart => "platform.initStart"u8,
        InitRuntimeDone => "platform.initRuntimeDone"u8,
        InitReport => "platform.initReport"u8,
        RestoreStart => "platform.restoreStart"u8,
        RestoreRuntimeDone => "platform.restoreRuntimeDone"u8,
        RestoreReport => "platform.restoreReport"u8,
        LogsDropped => "platform.logsDropped"u8,
        _ => default,
    };

    private static void WriteRecord(ref JsonObject record, PlatformEvent happened, EnvironmentIdentity identity, IBufferWriter<byte> to)
    {
        switch (happened)
        {
            case InvokeStart start:
                record.Text("requestId"u8, start.RequestId.Value);
                record.Text("version"u8, start.Version);
                WriteOrigin(ref record, start.Origin);
                break;
            case RuntimeDone done:
                WriteDone(ref record, done, to);
                break;
            case InvokeReport report:
                record.Text("requestId"u8, report.RequestId.Value);
                WriteOutcome(ref record, report.Status, InvokeType(report.Status, report.ErrorType));
                PlatformRecords.WriteMetrics(ref record, report.Metrics, identity.Function.Dialect);
                WriteSpans(ref record, report.Spans, to);
                WriteOrigin(ref record, report.Origin);
                break;
            case InitStart start:
                WriteInit(ref record, start.InitializationType, start.Phase);
                WriteIdentity(ref record, identity);
                break;
            case InitRuntimeDone done:
                WriteInit(ref record, done.InitializationType, done.Phase);
                WriteOutcome(ref record, done.Status, PlatformRecords.InitType(done.Status, done.ErrorType));
                break;
            case InitReport report:
                WriteInit(ref record, report.InitializationType, report.Phase);
                record.Word("status"u8, RecordWords.Of(report.Status));
                WriteDuration(ref record, report.Duration);
                record.Type(PlatformRecords.InitType(report.Status, report.ErrorType));
                break;
            case RestoreStart:
                WriteIdentity(ref record, identity);
                break;
            case RestoreRuntimeDone done:
                WriteOutcome(ref record, done.Status, PlatformRecords.InitType(done.Status, done.ErrorType));
                break;
            case RestoreReport report:
                WriteOutcome(ref record, report.Status, PlatformRecords.InitType(report.Status, report.ErrorType));
                WriteDuration(ref record, report.Duration);
                break;
            case LogsDropped dropped:
                record.Whole("droppedRecords"u8, dropped.Records);
                record.Whole("droppedBytes"u8, dropped.Bytes);
                record.Text("reason"u8, dropped.Reason);
                break;
        }
    }

    private static void WriteDone(ref JsonObject record, RuntimeDone done, IBufferWriter<byte> to)
    {
        record.Text("requestId"u8, done.RequestId.Value);
        WriteOutcome(ref record, done.Status, InvokeType(done.Status, done.ErrorType));

        // Without a duration no event reached the runtime.
        if (done.Duration is { } duration)
        {
            var metrics = record.Object("metrics"u8);
            metrics.Milliseconds("durationMs"u8, duration);
            metrics.Whole("producedBytes"u8, done.ProducedBytes);
            metrics.End();
        }

        WriteSpans(ref record, done.Spans, to);
        WriteOrigin(ref record, done.Origin);
    }

    private static void WriteInit(ref JsonObject record, InitializationType type, Phase phase)
    {
        record.Text("initializationType"u8, type.ToWireName());
        record.Word("phase"u8, RecordWords.Of(phase));
    }

    private static void WriteOutcome(ref JsonObject record, PhaseStatus status, ErrorType? type)
    {
        record.Word("status"u8, RecordWords.Of(status));
        record.Type(type);
    }

    private static void WriteIdentity(ref JsonObject record, EnvironmentIdentity identity)
    {
        record.Text("functionName"u8, identity.Function.Name);
        record.Text("functionVersion"u8, identity.Function.Version);
        record.Text("runtimeVersion"u8, identity.Runtime?.Version);
        record.Text("runtimeVersionArn"u8, identity.Runtime?.Arn);
        record.Text("instanceId"u8, identity.LogStream);
        record.Whole("instanceMaxMemory"u8, identity.Function.MemoryMegabytes * 1024L * 1024);
    }

    private static void WriteDuration(ref JsonObject record, TimeSpan duration)
    {
        var metrics = record.Object("metrics"u8);
        metrics.Milliseconds("durationMs"u8, duration);
        metrics.End();
    }

    private static void WriteOrigin(ref JsonObject record, InvocationOrigin origin)
    {
        PlatformRecords.WriteTracing(ref record, origin);
        record.Text("tenantId"u8, origin.TenantId);
    }

    private static void WriteSpans(ref JsonObject record, IReadOnlyList<Span> spans, IBufferWriter<byte> to)
    {
        if (spans.Count == 0)
            return;
        record.Name("spans"u8);
        to.Write("["u8);
        for (var at = 0; at < spans.Count; at++)
        {
            if (at > 0)
                to.Write(","u8);
            var span = new JsonObject(to);
            span.Text("name"u8, spans[at].Name);
            span.Time("start"u8, spans[at].Start);
            span.Milliseconds("durationMs"u8, spans[at].Duration);
            span.End();
        }

        to.Write("]"u8);
    }

    // A timeout has no type in an invoke.
    private static ErrorType? InvokeType(PhaseStatus status, ErrorType? type) => status == PhaseStatus.Timeout ? null : type;
}
