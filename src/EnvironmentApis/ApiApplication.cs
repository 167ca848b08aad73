using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Thaw.EnvironmentApis;

/// <summary>What Kestrel runs for each request. Whatever a participant does, nothing escapes from here.</summary>
internal sealed partial class ApiApplication(ILogger logger) : IHttpApplication<ApiCall>
{
    public ApiCall CreateContext(IFeatureCollection contextFeatures)
    {
        // Kestrel lends each connection one place for an object of ours, so a connection needs one ApiCall in its life.
        var call = contextFeatures is IHostContextContainer<ApiCall> connection ? connection.HostContext ??= new ApiCall() : new ApiCall();
        call.Begin(contextFeatures);
        return call;
    }

    public async Task ProcessRequestAsync(ApiCall context)
    {
        try
        {
            await Routes.ServeAsync(context);
        }
        catch (OperationCanceledException) when (context.HungUp.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception bug)
        {
            Log.CallFailed(logger, context.Target, bug);
            if (context.HasAnswered)
                context.Abort();
            else
                await context.RefuseAsync(ApiRefusal.InternalError);
        }
    }

    public void DisposeContext(ApiCall context, Exception? exception) => context.End();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A call of an environment failed: {Target}")]
        public static partial void CallFailed(ILogger logger, string target, Exception bug);
    }
}
