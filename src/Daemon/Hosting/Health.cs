using Microsoft.AspNetCore.Http;

namespace Thaw.Daemon.Hosting;

/// <summary><c>GET /healthz</c>: 200 while invocations are taken, 503 while the daemon drains.</summary>
internal sealed class Health
{
    public const string Route = "/healthz";

    private volatile bool draining;

    public void Drain() => draining = true;

    public Task ServeAsync(HttpContext http)
    {
        http.Response.StatusCode = draining ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(draining ? """{"status":"draining"}""" : """{"status":"ok"}""");
    }
}
