namespace Thaw.Contracts;

/// <summary>Which records a subscriber understands: the schemas of the Telemetry API, and those of the older Logs API; spec 4.1.</summary>
public enum TelemetrySchema
{
    Telemetry20220701,
    Telemetry20221213,
    Telemetry20250129,
    Logs20200815,
    Logs20210318,
}
