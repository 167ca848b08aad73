using Microsoft.AspNetCore.Http;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.Records;

namespace Thaw.Daemon.Hosting;

/// <summary>Every path of the public port.</summary>
internal sealed class PublicRoutes(Invoke invoke, ListEnvironments environments, Health health)
{
    public Task ServeAsync(HttpContext http) => (http.Request.Method, http.Request.Path.Value) switch
    {
        ("POST", { } path) when Invoke.FunctionIn(path) is { } function => invoke.ServeAsync(new KestrelInvokeCall(http, function)),
        ("GET", ListEnvironments.Route) => environments.ServeAsync(http),
        ("GET", Health.Route) => health.ServeAsync(http),
        _ => Unknown(http.Request).WriteAsync(http.Response),
    };

    private static LambdaError Unknown(HttpRequest request) => new(
        StatusCodes.Status404NotFound,
        "UnknownOperationException",
        $"There is no operation {request.Method} {request.Path} in this version of Thaw.");
}
