using System.Globalization;
using Thaw.Contracts;

namespace Thaw.Telemetry.Lines;

/// <summary>The platform's lines in a function's log, text format: one event in, its lines out; spec: ENV-108.</summary>
/// <remarks>
/// INIT_START and RESTORE_START carry nothing but the version of a managed runtime, which we do not have, so they are left out.
/// </remarks>
public static class PlatformLines
{
    public static IEnumerable<string> LinesOf(PlatformEvent happened) => happened switch
    {
        InitReport report when IsLogged(report) => [InitReportLine(report)],
        ExtensionReport extension => [ExtensionLine(extension)],
        RestoreReport report => [RestoreReportLine(report)],
        InvokeStart start => [$"START RequestId: {start.RequestId} Version: {start.Version}"],
        InvokeReport report => [$"END RequestId: {report.RequestId}", ReportLine(report)],
        _ => [],
    };

    // An on-demand Init that went well shows only in the first REPORT; spec: ENV-110.
    private static bool IsLogged(InitReport report) =>
        report.Status != PhaseStatus.Success || report.InitializationType != InitializationType.OnDemand;

    // A good Init names no phase: it is always the phase Init.
    private static string InitReportLine(InitReport report)
    {
        var phase = report.Status == PhaseStatus.Success ? "" : report.Phase == Phase.Init ? "\tPhase: init" : "\tPhase: invoke";
        return $"INIT_REPORT Init Duration: {Milliseconds(report.Duration)}{phase}{Ending(report.Status, report.ErrorType)}";
    }

    private static string RestoreReportLine(RestoreReport report) =>
        $"RESTORE_REPORT Restore Duration: {Milliseconds(report.Duration)}{Ending(report.Status, report.ErrorType)}";

    private static string ExtensionLine(ExtensionReport extension)
    {
        var error = extension.ErrorType is { } type ? $"\tError Type: {type}" : "";
        return $"EXTENSION\tName: {extension.Name}\tState: {extension.State}\tEvents: [{string.Join(", ", extension.Events)}]{error}";
    }

    // Every field ends with a tab, the last one too, unless the ending of a failure follows; spec: ENV-111.
    private static string ReportLine(InvokeReport report)
    {
        var metrics = report.Metrics;
        var fields = string.Create(CultureInfo.InvariantCulture,
            $"REPORT RequestId: {report.RequestId}\tDuration: {Milliseconds(metrics.Duration)}\t" +
            $"Billed Duration: {metrics.BilledMilliseconds} ms\tMemory Size: {metrics.MemoryMegabytes} MB\t" +
            $"Max Memory Used: {metrics.MaxMemoryUsedMegabytes} MB\t");
        if (metrics.InitDuration is { } init)
            fields += $"Init Duration: {Milliseconds(init)}\t";
        if (metrics.RestoreDuration is { } restore)
            fields += $"Restore Duration: {Milliseconds(restore)}\tBilled Restore Duration: {WholeMilliseconds(restore)} ms\t";
        return report.Status == PhaseStatus.Success ? fields : fields.TrimEnd('\t') + Ending(report.Status, report.ErrorType);
    }

    // A timeout has no error type in the log, whatever telemetry says.
    private static string Ending(PhaseStatus status, ErrorType? errorType) => status switch
    {
        PhaseStatus.Success => "",
        PhaseStatus.Timeout => "\tStatus: timeout",
        _ => $"\tStatus: {(status == PhaseStatus.Failure ? "failure" : "error")}{(errorType is { } type ? $"\tError Type: {type}" : "")}",
    };

    private static string Milliseconds(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.00} ms");

    private static string WholeMilliseconds(TimeSpan duration) =>
        Math.Ceiling(duration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
