using Thaw.Contracts;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>The ways into one sandbox.</summary>
/// <param name="connect">Connects to a TCP port inside.</param>
public sealed class Deliveries(Func<int, CancellationToken, ValueTask<Stream>> connect)
{
    public IDelivery To(Destination destination) => throw new NotSupportedException($"{destination} cannot be reached by {connect} yet");
}
