using Microsoft.AspNetCore.Http;
using Thaw.Daemon.CloudWatchLogs;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.Logs;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.Records;
using Thaw.Daemon.ServiceApi;

namespace Thaw.Daemon.Hosting;

/// <summary>Every path of the public port.</summary>
internal sealed class PublicRoutes(
    Invoke invoke,
    LambdaService service,
    CodeLocations code,
    ListEnvironments environments,
    FollowLogs follow,
    LogsTarget logs,
    ShowMetrics metrics,
    Health health)
{
    public Task ServeAsync(HttpContext http) => (http.Request.Method, http.Request.Path.Value) switch
    {
        ("POST", LogsTarget.Route) when LogsTarget.IsFor(http.Request) => logs.ServeAsync(http),
        ("GET", ListEnvironments.Route) => environments.ServeAsync(http),
        ("GET", { } path) when FollowLogs.FunctionIn(path) is { } function => follow.ServeAsync(http, function),
        ("GET", ShowMetrics.Route) => metrics.ServeAsync(http),
        ("GET", Health.Route) => health.ServeAsync(http),
        _ => ServeLambdaAsync(http),
    };

    /// <summary>No credentials are asked for: who watches over the daemon has none, and locations of code are secrets themselves.</summary>
    public static bool IsOpenToAll(HttpRequest request) =>
        request.Path == Health.Route || (request.Path.Value is { } path && CodeLocations.IsFor(path));

    /// <summary>The Lambda API alone: what functions may call too.</summary>
    public Task ServeLambdaAsync(HttpContext http) => (http.Request.Method, http.Request.Path.Value) switch
    {
        ("POST", { } path) when InvokePath.Read(path) is var (operation, function) =>
            invoke.ServeAsync(new KestrelInvokeCall(http, operation, function)),
        ("GET", { } path) when CodeLocations.IsFor(path) => code.ServeAsync(http),
        _ => service.ServeAsync(http),
    };
}
