using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Thaw.EnvironmentApis;

/// <summary>What Kestrel runs for each request. Whatever a participant does, nothing escapes from here.</summary>
internal sealed class ApiApplication(FailedCalls failures) : IHttpApplication<KestrelCall>
{
    public KestrelCall CreateContext(IFeatureCollection contextFeatures)
    {
        // Kestrel lends each connection one place for an object of ours, so a connection needs one call in its life.
        var call = contextFeatures is IHostContextContainer<KestrelCall> connection ? connection.HostContext ??= new() : new KestrelCall();
        call.Begin(contextFeatures);
        return call;
    }

    public async Task ProcessRequestAsync(KestrelCall context)
    {
        try
        {
            await Routes.ServeAsync(context);
        }
        catch (Exception failure)
        {
            await failures.EndAsync(context, failure);
        }
    }

    public void DisposeContext(KestrelCall context, Exception? exception) => context.End();
}
