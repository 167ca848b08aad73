using Thaw.Contracts;

namespace Thaw.Daemon.Traces;

/// <summary>The traces of a daemon, on their way to the collector that OpenTelemetry's variables name.</summary>
internal sealed class TraceExport : IAsyncDisposable
{
    private readonly OtlpOptions options;
    private readonly OtlpExporter exporter;
    private readonly Random random;

    private TraceExport(OtlpOptions options, TimeProvider time, Random random, Action<string> notice)
    {
        (this.options, this.random) = (options, random);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 1 };
        exporter = new OtlpExporter(options, new HttpMessageInvoker(handler), time, notice);
    }

    public long Dropped => exporter.Dropped;

    /// <summary>Null when nobody asked for traces: then they cost nothing.</summary>
    /// <param name="variable">The value of an environment variable, null when it is not set.</param>
    /// <param name="random">Callable from several threads.</param>
    public static TraceExport? Begin(Func<string, string?> variable, TimeProvider time, Random random, Action<string> notice) =>
        OtlpOptions.Read(variable, notice) is { } options ? new TraceExport(options, time, random, notice) : null;

    /// <summary>The sink for the events of a new environment.</summary>
    public InvocationTraces Watch(EnvironmentIdentity identity) => new(identity, options.Sampler, exporter.Add, random);

    public ValueTask DisposeAsync() => exporter.DisposeAsync();
}
