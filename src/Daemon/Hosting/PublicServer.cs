using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Thaw.Daemon.Hosting.Lane;

namespace Thaw.Daemon.Hosting;

/// <summary>
/// The HTTP server of the public port. It is Kestrel without a host around it: one would read settings files and variables, take SIGTERM
/// for itself, and ask each request whether anybody traces it.
/// </summary>
internal sealed class PublicServer(DaemonOptions options, CallerLane lane) : IAsyncDisposable
{
    private readonly KestrelServer kestrel =
        new(Options.Create(KestrelOptions(options)), new CallerListeners(lane), NullLoggerFactory.Instance);

    /// <summary>Where it listens, once it has started.</summary>
    public Uri Address => new(kestrel.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    public Task StartAsync(PublicApplication application) => kestrel.StartAsync(application, CancellationToken.None);

    /// <summary>Takes nobody any more; lets answers go out until <paramref name="patience"/> ends.</summary>
    public Task StopAsync(CancellationToken patience) => Task.WhenAll(kestrel.StopAsync(patience), lane.DrainAsync(patience));

    public async ValueTask DisposeAsync()
    {
        kestrel.Dispose();
        await lane.DisposeAsync();
    }

    private static KestrelServerOptions KestrelOptions(DaemonOptions options)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };

        // An invoke says itself how long its body may be, and how long it takes.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Listen(options.Address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        return kestrel;
    }
}
