namespace Thaw.Telemetry;

/// <summary>What an invocation costs: whole milliseconds, rounded up; spec: ENV-045.</summary>
internal static class Billing
{
    public static long Milliseconds(TimeSpan duration) => (long)Math.Ceiling(duration.TotalMilliseconds);
}
