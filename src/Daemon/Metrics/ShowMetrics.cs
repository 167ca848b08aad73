using Microsoft.AspNetCore.Http;

namespace Thaw.Daemon.Metrics;

/// <summary><c>GET /metrics</c>: for Prometheus, and whoever reads what it reads.</summary>
/// <param name="logEntriesDropped">How many the log store could not take.</param>
/// <param name="spansDropped">How many no collector took.</param>
internal sealed class ShowMetrics(LambdaMetrics metrics, Func<long> logEntriesDropped, Func<long> spansDropped)
{
    public const string Route = "/metrics";

    public Task ServeAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = MetricsText.ContentType;
        return http.Response.WriteAsync(MetricsText.Of(metrics, logEntriesDropped(), spansDropped()));
    }
}
