using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.Records;

namespace Thaw.Daemon.Hosting;

/// <summary>Every path of the public port. Every answer has a request id, and is JSON; spec (service) 1.5, 1.6.</summary>
internal static class PublicRoutes
{
    public static void Map(WebApplication app, Invoke invoke, ListEnvironments environments, Health health, Func<Guid> newId)
    {
        app.Use(next => http => Identify(http, next, newId));
        app.Use(next => http => AnswerFaultsAsync(http, next));
        app.UseRouting();
        app.MapMethods(Invoke.Route, ["POST"], invoke.ServeAsync);
        app.MapMethods(ListEnvironments.Route, ["GET"], environments.ServeAsync);
        app.MapMethods(Health.Route, ["GET"], health.ServeAsync);
        app.MapFallback("{**path}", http => Unknown(http).WriteAsync(http.Response));
    }

    private static Task Identify(HttpContext http, RequestDelegate next, Func<Guid> newId)
    {
        var given = InvokeHeaders.GivenRequestId(http.Request.Headers);
        http.TraceIdentifier = given is not null && Guid.TryParseExact(given, "D", out _) ? given : newId().ToString();
        http.Response.Headers["x-amzn-RequestId"] = http.TraceIdentifier;
        return given is null || given == http.TraceIdentifier
            ? next(http)
            : LambdaError.InvalidRequestContent("The x-amzn-RequestId that a caller gives must be a UUID.").WriteAsync(http.Response);
    }

    // A fault of ours costs its caller the answer, but not the form of it: typed clients stumble over what is not JSON.
    private static async Task AnswerFaultsAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
#pragma warning disable CA1031 // Whatever it is.
        catch (Exception fault) when (fault is not BadHttpRequestException && !http.Response.HasStarted)
#pragma warning restore CA1031
        {
            await LambdaError.Service($"Thaw could not do this ({fault.GetType().Name}: {fault.Message}).").WriteAsync(http.Response);
        }
    }

    private static LambdaError Unknown(HttpContext http) => new(
        StatusCodes.Status404NotFound,
        "UnknownOperationException",
        $"There is no operation {http.Request.Method} {http.Request.Path} in this version of Thaw.");
}
