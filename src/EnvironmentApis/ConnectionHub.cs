using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Thaw.EnvironmentApis;

/// <summary>The one endpoint on which Kestrel accepts: it hands over what the environments' listeners have accepted.</summary>
internal sealed class ConnectionHub : IConnectionListenerFactory, IConnectionListener
{
    // Bounded by the connections that environments may hold; Kestrel takes them out as fast as they come.
    private readonly Channel<ConnectionContext> accepted = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>False when the server has stopped: the connection is nobody's.</summary>
    public bool Add(ConnectionContext connection) => accepted.Writer.TryWrite(connection);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return new(this);
    }

    /// <summary>The next connection, or null once the server stops.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await accepted.Reader.WaitToReadAsync(cancellationToken) && accepted.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
