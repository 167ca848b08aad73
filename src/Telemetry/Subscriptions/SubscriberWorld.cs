using Thaw.Contracts;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>What the subscribers of one environment share.</summary>
/// <param name="Gate">Whoever touches any of them holds it.</param>
/// <param name="Others">Hears that events were dropped; subscribers do not hear it of each other.</param>
/// <param name="Pool">Where attempts are made.</param>
internal sealed record SubscriberWorld(Lock Gate, ILifecycleEvents Others, TimeProvider Time, TelemetryMemory Memory, TaskScheduler Pool);
