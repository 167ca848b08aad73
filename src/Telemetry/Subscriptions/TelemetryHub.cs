using Thaw.Contracts;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>Passes the events of one environment on, and brings them to the extensions that have subscribed to them; spec 4.</summary>
/// <param name="next">Gets every event, subscribers or not.</param>
/// <param name="deliveries">The way to a listener inside the sandbox.</param>
public sealed class TelemetryHub(
    ILifecycleEvents next, EnvironmentIdentity identity, Func<Destination, IDelivery> deliveries, TimeProvider time)
    : ILifecycleEvents, IAsyncDisposable
{
    internal EnvironmentIdentity Identity => identity;

    internal Func<Destination, IDelivery> Deliveries => deliveries;

    internal TimeProvider Time => time;

    public void Emit(LifecycleEvent happened) => next.Emit(happened);

    public ValueTask RoomAsync() => next.RoomAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
