using Thaw.Contracts;
using Thaw.Telemetry.Records;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>The records that one subscription makes of events.</summary>
internal sealed class SubscribedRecords(EnvironmentIdentity identity, TelemetrySubscription subscription)
{
    // Only the first schema, and the Logs API, have strings for everything; spec 4.1, 4.4.
    private readonly bool mayBeObjects = identity.Function.Logging.Format == LogFormat.Json
        && subscription.Schema is TelemetrySchema.Telemetry20221213 or TelemetrySchema.Telemetry20250129;

    /// <summary>Which subscribers an event is for; none of them when it is no record.</summary>
    public static TelemetryTypes TypeOf(LifecycleEvent happened) => happened switch
    {
        OutputLines { Participant: var writer } => TypeOf(writer),
        LogFrame { Participant: var writer } => TypeOf(writer),
        PlatformEvent => TelemetryTypes.Platform,
        _ => TelemetryTypes.None,
    };

    public bool Wants(TelemetryTypes type) => (subscription.Wanted & type) != 0;

    /// <summary>False when the subscription's schema has no such event.</summary>
    public bool Write(PlatformEvent happened, Batch to)
    {
        var since = to.Length;
        if (!PlatformRecords.Write(happened, identity, subscription.Schema, to))
            return false;
        to.EndRecords(since);
        return true;
    }

    public void Write(TelemetryTypes type, DateTimeOffset time, ReadOnlySpan<byte> text, Batch to)
    {
        var since = to.Length;
        OutputRecords.Write(type == TelemetryTypes.Function ? "function" : "extension", time, text, mayBeObjects, to);
        to.EndRecords(since);
    }

    private static TelemetryTypes TypeOf(string writer) =>
        writer == ParticipantNames.Runtime ? TelemetryTypes.Function : TelemetryTypes.Extension;
}
