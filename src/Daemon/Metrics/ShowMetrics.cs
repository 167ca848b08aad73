using Microsoft.AspNetCore.Http;

namespace Thaw.Daemon.Metrics;

/// <summary><c>GET /metrics</c>: for Prometheus, and whoever reads what it reads.</summary>
internal sealed class ShowMetrics(LambdaMetrics metrics, Func<DaemonFigures> daemon)
{
    public const string Route = "/metrics";

    public Task ServeAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = MetricsText.ContentType;
        return http.Response.WriteAsync(MetricsText.Of(metrics, daemon()));
    }
}
