using Thaw.Contracts;

namespace Thaw.Telemetry;

/// <summary>What an invocation costs: whole milliseconds, rounded up; spec: ENV-045.</summary>
internal static class Billing
{
    public static long Milliseconds(InvokeMetrics metrics, Dialect dialect) =>
        dialect.BillsInit ? metrics.BilledMilliseconds : Milliseconds(metrics.Duration);

    public static long Milliseconds(TimeSpan duration) => (long)Math.Ceiling(duration.TotalMilliseconds);
}
