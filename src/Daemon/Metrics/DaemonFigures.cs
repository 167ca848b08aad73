namespace Thaw.Daemon.Metrics;

/// <summary>What there is to count beside invocations.</summary>
/// <param name="SandboxesReady">Empty ones, that wait for a function.</param>
/// <param name="SnapshotBytes">What snapshots have on disk.</param>
/// <param name="LogEntriesDropped">How many the log store could not take.</param>
/// <param name="SpansDropped">How many no collector took.</param>
internal sealed record DaemonFigures(int SandboxesReady, long SnapshotBytes, long LogEntriesDropped, long SpansDropped);
