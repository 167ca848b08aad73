using System.Buffers;
using System.Text;
using Thaw.Contracts;

namespace Thaw.Telemetry.Lines;

/// <summary>The platform's lines in a function's log, text format, in the function's dialect; spec: ENV-108.</summary>
public static class PlatformLines
{
    /// <summary>Writes all lines that the log has of an event, each with its newline; nothing for many of them.</summary>
    public static void Write(PlatformEvent happened, EnvironmentIdentity identity, IBufferWriter<byte> to)
    {
        if (happened is InvokeReport report)
            WriteEnd(report, to);
        WriteEntry(happened, identity, to);
    }

    /// <summary>END, which is a log entry of its own.</summary>
    internal static void WriteEnd(InvokeReport report, IBufferWriter<byte> to) => to.Line($"END RequestId: {report.RequestId}\n");

    /// <summary>The one log entry of an event; it may have two lines.</summary>
    internal static void WriteEntry(PlatformEvent happened, EnvironmentIdentity identity, IBufferWriter<byte> to)
    {
        var dialect = identity.Function.Dialect;
        switch (happened)
        {
            case InvokeStart start:
                to.Line($"START RequestId: {start.RequestId} Version: {start.Version}\n");
                break;
            case InvokeReport report:
                WriteReport(report, dialect, to);
                break;
            case InvokeFault fault when dialect.HasFaultLines:
                WriteFault(fault, to);
                break;
            case ImageFault fault:
                to.Line($"IMAGE\t{fault.Text}\n");
                break;
            case InitStart { Phase: Phase.Init } when identity.Runtime is { } runtime:
                to.Line($"INIT_START Runtime Version: {runtime.Version}\tRuntime Version ARN: {runtime.Arn}\n");
                break;
            case InitReport report when IsLogged(report):
                WriteInitReport(report, to);
                break;
            case ExtensionReport extension:
                WriteExtension(extension, to);
                break;
            case TelemetrySubscribed subscribed:
                WriteSubscription(subscribed, to);
                break;
            case RestoreStart when identity.Runtime is { } runtime:
                to.Line($"RESTORE_START Runtime Version: {runtime.Version}\tRuntime Version ARN: {runtime.Arn}\n");
                break;
            case RestoreReport report:
                to.Line($"RESTORE_REPORT Restore Duration: {report.Duration} ms");
                WriteEnding(report.Status, report.ErrorType, to);
                break;
        }
    }

    // An on-demand Init that went well shows only in the first REPORT; spec: ENV-110.
    private static bool IsLogged(InitReport report) =>
        report.Status != PhaseStatus.Success || report.InitializationType != InitializationType.OnDemand;

    // A good Init names no phase: it is always the phase Init.
    private static void WriteInitReport(InitReport report, IBufferWriter<byte> to)
    {
        to.Line($"INIT_REPORT Init Duration: {report.Duration} ms");
        if (report.Status != PhaseStatus.Success)
            to.Write(report.Phase == Phase.Invoke ? "\tPhase: invoke"u8 : "\tPhase: init"u8);
        WriteEnding(report.Status, report.ErrorType, to);
    }

    private static void WriteExtension(ExtensionReport extension, IBufferWriter<byte> to)
    {
        to.Line($"EXTENSION\tName: {extension.Name}\tState: {extension.State}\tEvents: [");
        for (var at = 0; at < extension.Events.Count; at++)
            to.Line($"{(at > 0 ? ", "u8 : default)}{extension.Events[at]}");
        to.Write("]"u8);
        if (extension.ErrorType is { } type)
            to.Line($"\tError Type: {type}");
        to.Write("\n"u8);
    }

    private static void WriteSubscription(TelemetrySubscribed subscribed, IBufferWriter<byte> to)
    {
        to.Write(subscribed.Subscription.IsLogsApi ? "LOGS"u8 : "TELEMETRY"u8);
        to.Line($"\tName: {subscribed.Name}\tState: Subscribed\tTypes: [");
        for (var at = 0; at < subscribed.Subscription.Types.Count; at++)
            to.Line($"{(at > 0 ? ", "u8 : default)}{Capitalised(subscribed.Subscription.Types[at])}");
        to.Write("]\n"u8);
    }

    private static ReadOnlySpan<byte> Capitalised(string type) => type switch
    {
        "platform" => "Platform"u8,
        "function" => "Function"u8,
        _ => "Extension"u8,
    };

    // Every field ends with a tab, the last one too, unless the ending of a failure follows; spec: ENV-111.
    private static void WriteReport(InvokeReport report, Dialect dialect, IBufferWriter<byte> to)
    {
        var metrics = report.Metrics;
        to.Line($"REPORT RequestId: {report.RequestId}\tDuration: {metrics.Duration} ms\t");
        to.Line($"Billed Duration: {metrics.BilledMilliseconds(dialect)} ms\tMemory Size: {metrics.MemoryMegabytes} MB\t");
        to.Line($"Max Memory Used: {metrics.MaxMemoryUsedMegabytes} MB");
        if (metrics.InitDuration is { } init)
            to.Line($"\tInit Duration: {init} ms");
        if (metrics.RestoreDuration is { } restore)
        {
            var billed = Billing.Milliseconds(metrics.BilledRestoreDuration ?? restore);
            to.Line($"\tRestore Duration: {restore} ms\tBilled Restore Duration: {billed} ms");
        }

        if (report.Status == PhaseStatus.Success || !dialect.ReportsStatus)
            to.Write("\t\n"u8);
        else
            WriteEnding(report.Status, report.ErrorType, to);
        if (report.Origin is { SpanId: { } segment, TraceHeader: { } trace })
            WriteTrace(trace, segment, to);
    }

    // Only sampled traces have a segment.
    private static void WriteTrace(string header, string segment, IBufferWriter<byte> to)
    {
        to.Write("XRAY TraceId: "u8);
        foreach (var range in header.AsSpan().Split(';'))
        {
            var part = header.AsSpan()[range].Trim();
            if (part.StartsWith("Root=", StringComparison.Ordinal))
                to.Advance(Encoding.UTF8.GetBytes(part[5..], to.GetSpan(Encoding.UTF8.GetMaxByteCount(part.Length))));
        }

        to.Line($"\tSegmentId: {segment}\tSampled: true\t\n");
    }

    private static void WriteFault(InvokeFault fault, IBufferWriter<byte> to)
    {
        if (fault.Timeout is { } timeout)
        {
            // Two decimals of milliseconds are those of seconds, a thousand of them.
            to.Line($"{fault.Time} {fault.RequestId} Task timed out after {timeout / 1_000} seconds\n");
            return;
        }

        to.Line($"RequestId: {fault.RequestId} Error: {fault.Reason}\n");
        if (fault.ErrorType is { } type)
            to.Line($"{type}\n");
    }

    // A timeout has no error type in the log, whatever telemetry says.
    private static void WriteEnding(PhaseStatus status, ErrorType? errorType, IBufferWriter<byte> to)
    {
        switch (status)
        {
            case PhaseStatus.Error:
                to.Write("\tStatus: error"u8);
                break;
            case PhaseStatus.Failure:
                to.Write("\tStatus: failure"u8);
                break;
            case PhaseStatus.Timeout:
                to.Write("\tStatus: timeout"u8);
                break;
        }

        if (status is PhaseStatus.Error or PhaseStatus.Failure && errorType is { } type)
            to.Line($"\tError Type: {type}");
        to.Write("\n"u8);
    }
}
