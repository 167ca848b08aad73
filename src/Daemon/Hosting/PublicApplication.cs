using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi;
using Thaw.Daemon.Signatures;

namespace Thaw.Daemon.Hosting;

/// <summary>What Kestrel runs for each request. Every answer has a request id, and is JSON; spec (service) 1.5, 1.6.</summary>
internal sealed class PublicApplication(PublicRoutes routes, RequestSignatures? signatures, Func<Guid> newId)
    : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        // Kestrel lends each connection one place for an object of ours, so a connection needs one context in its life.
        var http = contextFeatures is IHostContextContainer<DefaultHttpContext> connection
            ? connection.HostContext ??= new DefaultHttpContext()
            : new DefaultHttpContext();
        http.Initialize(contextFeatures);
        return http;
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => ServeAsync(context, ServeSignedAsync);

    /// <summary>A call by a function, on its environment's own port: the Lambda API alone.</summary>
    public Task ServeFunctionAsync(HttpContext context) => ServeAsync(context, routes.ServeLambdaAsync);

    private Task ServeSignedAsync(HttpContext http) => signatures is null || PublicRoutes.IsOpenToAll(http.Request)
        ? routes.ServeAsync(http)
        : signatures.GuardAsync(http, routes.ServeAsync);

    private async Task ServeAsync(HttpContext context, Func<HttpContext, Task> serve)
    {
        try
        {
            await (Identify(context) is { } refusal ? refusal.WriteAsync(context.Response) : serve(context));
        }
        catch (BadHttpRequestException broken) when (!context.Response.HasStarted)
        {
            // Where the body should have ended, no next request begins.
            context.Response.Headers.Connection = "close";
            await LambdaError.UnreadableBody(broken).WriteAsync(context.Response);
        }
#pragma warning disable CA1031 // A fault of ours costs its caller the answer; typed clients stumble over what is no JSON.
        catch (Exception fault) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            await LambdaError.Fault(fault).WriteAsync(context.Response);
        }
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();

    private LambdaError? Identify(HttpContext http)
    {
        var given = InvokeHeaders.GivenRequestId(http.Request.Headers);
        http.TraceIdentifier = given is not null && Guid.TryParseExact(given, "D", out _) ? given : newId().ToString();
        http.Response.Headers["x-amzn-RequestId"] = http.TraceIdentifier;
        return given is null || given == http.TraceIdentifier
            ? null
            : LambdaError.InvalidRequestContent("The x-amzn-RequestId that a caller gives must be a UUID.");
    }
}
