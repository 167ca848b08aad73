using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Thaw.Daemon.Hosting.Lane;

namespace Thaw.Daemon.Hosting;

/// <summary>
/// Accepts callers, for the lane, and hands Kestrel those that the lane gives away.
/// </summary>
/// <remarks>
/// Kestrel's own listener asks again at once when there is no descriptor left. On a thread that serves sockets it would do nothing else,
/// and whoever could give a descriptor back would wait for that very thread.
/// </remarks>
internal sealed class CallerListener : IConnectionListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Socket listener;
    private readonly CallerLane lane;
    private readonly SocketConnectionContextFactory sockets;

    // Bounded by the descriptors that the process may have; Kestrel takes them out as fast as they come.
    private readonly Channel<ConnectionContext> handedOver = Channel.CreateUnbounded<ConnectionContext>();

    public CallerListener(Socket listener, CallerLane lane, SocketConnectionContextFactory sockets)
    {
        (this.listener, this.lane, this.sockets) = (listener, lane, sockets);
        EndPoint = listener.LocalEndPoint!;
        _ = AcceptAllAsync();
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next caller for Kestrel, or null once nobody is taken any more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await handedOver.Reader.WaitToReadAsync(cancellationToken) && handedOver.Reader.TryRead(out var caller) ? caller : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        listener.Dispose();
        handedOver.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        sockets.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            try
            {
                var next = listener.AcceptAsync();
                var isCrowd = next.IsCompleted;
                var accepted = await next;
                accepted.NoDelay = true;

                // Who connects without end must not keep a thread that serves sockets for itself.
                if (isCrowd)
                    await Task.Yield();
                lane.Serve(accepted, HandOver);
            }
            catch (Exception end) when (end is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // A caller that gave up while waiting, or no descriptor left: the next one may do better, but not at once.
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    private void HandOver(Socket socket, ReadOnlyMemory<byte> received)
    {
        var caller = sockets.Create(socket);
        caller.Transport = new FairTransport(caller.Transport, received);
        if (!handedOver.Writer.TryWrite(caller))
            _ = caller.DisposeAsync().AsTask();
    }
}
