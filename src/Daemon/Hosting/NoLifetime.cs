using Microsoft.Extensions.Hosting;

namespace Thaw.Daemon.Hosting;

/// <summary>The host ends when the daemon says so. Its usual lifetime would take SIGTERM for itself and cut callers off.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
