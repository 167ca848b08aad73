using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Thaw.Contracts;
using Thaw.EnvironmentApis.Lane;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.EnvironmentApis;

/// <summary>
/// The HTTP server of every environment's APIs. It listens nowhere by itself: connections come from the environments' own listeners.
///
///   environment 1  listener --+           plain
///   environment 2  listener --+--> Lane --------------------------> RuntimeApi.Next, RuntimeApi.Response
///   environment 3  listener --+     |                                                   |
///                                   | all else              lifecycle of the connection's environment
///                                   v                                                   |
///                           ConnectionHub --> Kestrel --> Routes --> RuntimeApi, ExtensionsApi, TelemetryApi, LogsApi
///
/// It is a Kestrel of its own, apart from the public one: its limits differ, and a function can never reach the public routes here.
/// </summary>
public sealed class EnvironmentApiServer : IAsyncDisposable
{
    private readonly ConnectionHub hub = new();
    private readonly HashSet<EnvironmentEndpoint> endpoints = [];
    private readonly SocketConnectionContextFactory sockets;
    private readonly LaneParts lane;
    private readonly ILogger logger;
    private readonly KestrelServer kestrel;

    /// <param name="time">Tells the Date of the answers.</param>
    /// <param name="inline">Calls are served on the very threads that wait for the sockets; see <see cref="SocketThreads"/>.</param>
    public EnvironmentApiServer(ILoggerFactory loggers, TimeProvider time, bool inline = false)
    {
        logger = loggers.CreateLogger<EnvironmentApiServer>();
        sockets = new SocketConnectionContextFactory(
            SocketBlocks.For(new() { MaxReadBufferSize = Limits.ReadAheadBytes, UnsafePreferInlineScheduling = inline }),
            loggers.CreateLogger<SocketConnectionContextFactory>());
        lane = new LaneParts(
            new ConnectionBound(Limits.ConnectionsOfAllEnvironments),
            new DateLine(CoarseTime.Of(time)),
            new FailedCalls(logger),
            sockets,
            hub);
        kestrel = new KestrelServer(Options.Create(KestrelOptions()), hub, loggers);
    }

    public Task StartAsync(CancellationToken stop) => kestrel.StartAsync(new ApiApplication(lane.Failures), stop);

    /// <summary>Serves an environment on its listener, from now until the endpoint is disposed.</summary>
    /// <param name="listener">Listening, and still the caller's: it may be served for another environment later.</param>
    public EnvironmentEndpoint Serve(Socket listener, EnvironmentDescriptor environment)
    {
        var endpoint = new EnvironmentEndpoint(listener, environment, lane, logger);
        lock (endpoints)
            endpoints.Add(endpoint);
        endpoint.WhenDisposed(() =>
        {
            lock (endpoints)
                endpoints.Remove(endpoint);
        });
        return endpoint;
    }

    /// <summary>Ends every connection, those of parked calls too, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        EnvironmentEndpoint[] open;
        lock (endpoints)
            open = [.. endpoints];
        foreach (var endpoint in open)
            await endpoint.DisposeAsync();

        // A parked call never ends by itself, so there is nothing to wait for.
        await kestrel.StopAsync(new CancellationToken(canceled: true));
        kestrel.Dispose();
        sockets.Dispose();
    }

    private static KestrelServerOptions KestrelOptions()
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowSynchronousIO = false,

            // Go, and so AWS, passes bytes of headers as they are: a client context may hold any text, an error cause broken text.
            RequestHeaderEncodingSelector = _ => Encoding.UTF8,
            ResponseHeaderEncodingSelector = _ => Encoding.UTF8,
        };

        // Processes are frozen for hours, in the middle of anything: no timeout may count that time; spec 2.1, 2.8. Kestrel adds a
        // timeout to its clock, so an infinite one would overflow and end at once: ten years do.
        var unlimited = TimeSpan.FromDays(3_650);
        var limits = options.Limits;
        limits.KeepAliveTimeout = unlimited;
        limits.RequestHeadersTimeout = unlimited;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;

        // Bodies have limits of their own, by call. The total size of the headers is the only limit of their number.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestLineSize = Limits.HeaderBytes;
        limits.MaxRequestHeadersTotalSize = Limits.HeaderBytes;
        limits.MaxRequestHeaderCount = Limits.HeaderBytes;

        options.Listen(new HubEndPoint(), listen => listen.Protocols = HttpProtocols.Http1);
        return options;
    }

    private sealed class HubEndPoint : EndPoint
    {
        public override string ToString() => "environments";
    }
}
