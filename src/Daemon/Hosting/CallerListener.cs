using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Thaw.Daemon.Hosting;

/// <summary>
/// Accepts callers. Kestrel's own listener asks again at once when there is no descriptor left. On a thread that serves sockets it would do
/// nothing else, and whoever could give a descriptor back would wait for that very thread.
/// </summary>
internal sealed class CallerListener(Socket listener, SocketConnectionContextFactory sockets) : IConnectionListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public EndPoint EndPoint { get; } = listener.LocalEndPoint!;

    /// <summary>The next caller, or null once nobody is taken any more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var next = listener.AcceptAsync(cancellationToken);
                var isCrowd = next.IsCompleted;
                var accepted = await next;
                accepted.NoDelay = true;

                // Who connects without end must not keep a thread that serves sockets for itself.
                if (isCrowd)
                    await Task.Yield();
                var caller = sockets.Create(accepted);
                caller.Transport = new FairTransport(caller.Transport);
                return caller;
            }
            catch (Exception end) when (end is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException)
            {
                // A caller that gave up while waiting, or no descriptor left: the next one may do better, but not at once.
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        listener.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        listener.Dispose();
        sockets.Dispose();
        return ValueTask.CompletedTask;
    }
}
