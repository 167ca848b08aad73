using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Thaw.Daemon.Hosting.Lane;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.Daemon.Hosting;

/// <summary>Opens the public port.</summary>
internal sealed class CallerListeners(CallerLane lane) : IConnectionListenerFactory
{
    /// <summary>Callers that the kernel holds for us, as many as Kestrel lets it.</summary>
    private const int Backlog = 512;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket listener;
        try
        {
            listener = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(taken.Message, taken);
        }

        listener.Listen(Backlog);
        var options = SocketBlocks.For(new() { UnsafePreferInlineScheduling = true });
        return new(new CallerListener(
            listener, lane, new SocketConnectionContextFactory(options, NullLogger<SocketConnectionContextFactory>.Instance)));
    }
}
