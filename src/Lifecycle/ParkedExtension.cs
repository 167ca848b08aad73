using Thaw.Contracts;
using Thaw.Lifecycle.Calls;

namespace Thaw.Lifecycle;

/// <summary>An extension that waits in event/next.</summary>
/// <param name="Identifier">Its own process knows it, in every clone.</param>
/// <param name="Subscription">To telemetry; null for one that has not subscribed.</param>
public sealed record ParkedExtension(
    string Name, bool IsExternal, Guid Identifier, IReadOnlyList<ExtensionEventType> Events, TelemetrySubscription? Subscription);
