using Thaw.Contracts;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>The ways into one sandbox.</summary>
/// <param name="connect">Connects to a TCP port inside.</param>
public sealed class Deliveries(Func<int, CancellationToken, ValueTask<Stream>> connect)
{
    public IDelivery To(Destination destination) => destination switch
    {
        Destination.Http http => new HttpDelivery(http, connect),
        Destination.Tcp tcp => new TcpDelivery(tcp, connect),
        _ => throw new ArgumentOutOfRangeException(nameof(destination), destination, null),
    };
}
