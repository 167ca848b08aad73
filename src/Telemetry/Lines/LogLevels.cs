using Thaw.Contracts;

namespace Thaw.Telemetry.Lines;

/// <summary>How much each platform event matters, Debug, Info or Warn; the table of spec 5.3.</summary>
internal static class LogLevels
{
    public static LogSeverity LevelOf(PlatformEvent happened, EnvironmentIdentity identity) => happened switch
    {
        InvokeStart => LogSeverity.Info,
        RuntimeDone done => Good(done.Status, LogSeverity.Debug),
        InvokeReport report => Good(report.Status, LogSeverity.Info),
        InitStart or RestoreStart => identity.Runtime is null ? LogSeverity.Debug : LogSeverity.Info,
        InitRuntimeDone done => Good(done.Status, LogSeverity.Debug),
        InitReport { InitializationType: InitializationType.OnDemand } report => Good(report.Status, LogSeverity.Debug),
        InitReport report => Good(report.Status, LogSeverity.Info),
        RestoreRuntimeDone done => Good(done.Status, LogSeverity.Debug),
        RestoreReport report => Good(report.Status, LogSeverity.Info),
        ExtensionReport extension => extension.ErrorType is null ? LogSeverity.Info : LogSeverity.Warn,
        TelemetrySubscribed => LogSeverity.Info,
        LogsDropped or InvokeFault or ImageFault => LogSeverity.Warn,
        _ => LogSeverity.Info,
    };

    private static LogSeverity Good(PhaseStatus status, LogSeverity ifSo) => status == PhaseStatus.Success ? ifSo : LogSeverity.Warn;
}
