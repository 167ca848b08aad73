using Microsoft.AspNetCore.Http;
using Thaw.Daemon.CloudWatchLogs;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.Logs;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.Records;

namespace Thaw.Daemon.Hosting;

/// <summary>Every path of the public port.</summary>
internal sealed class PublicRoutes(
    Invoke invoke, ListEnvironments environments, FollowLogs follow, LogsTarget logs, ShowMetrics metrics, Health health)
{
    public Task ServeAsync(HttpContext http) => (http.Request.Method, http.Request.Path.Value) switch
    {
        ("POST", { } path) when Invoke.FunctionIn(path) is { } function => invoke.ServeAsync(new KestrelInvokeCall(http, function)),
        ("POST", LogsTarget.Route) when LogsTarget.IsFor(http.Request) => logs.ServeAsync(http),
        ("GET", ListEnvironments.Route) => environments.ServeAsync(http),
        ("GET", { } path) when FollowLogs.FunctionIn(path) is { } function => follow.ServeAsync(http, function),
        ("GET", ShowMetrics.Route) => metrics.ServeAsync(http),
        ("GET", Health.Route) => health.ServeAsync(http),
        _ => Unknown(http.Request).WriteAsync(http.Response),
    };

    /// <summary>No credentials are asked for: who watches over the daemon has none.</summary>
    public static bool IsOpenToAll(HttpRequest request) => request.Path == Health.Route;

    private static LambdaError Unknown(HttpRequest request) => new(
        StatusCodes.Status404NotFound,
        "UnknownOperationException",
        $"There is no operation {request.Method} {request.Path} in this version of Thaw.");
}
