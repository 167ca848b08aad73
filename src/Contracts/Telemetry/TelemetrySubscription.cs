namespace Thaw.Contracts;

/// <summary>What an extension asked for at the Telemetry or the Logs API; spec 4.1.</summary>
/// <param name="Types">As asked for, in that order.</param>
public sealed record TelemetrySubscription(
    TelemetrySchema Schema, IReadOnlyList<string> Types, Buffering Buffering, Destination Destination)
{
    public bool IsLogsApi => Schema is TelemetrySchema.Logs20200815 or TelemetrySchema.Logs20210318;

    public TelemetryTypes Wanted { get; } = Types.Aggregate(TelemetryTypes.None, (wanted, type) => wanted | type switch
    {
        "platform" => TelemetryTypes.Platform,
        "function" => TelemetryTypes.Function,
        "extension" => TelemetryTypes.Extension,
        _ => TelemetryTypes.None,
    });
}
