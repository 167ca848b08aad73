using Microsoft.Extensions.Logging;

namespace Thaw.EnvironmentApis;

/// <summary>What becomes of a call whose handler throws: its client hung up, or the bug is ours and whoever waits is answered.</summary>
internal sealed partial class FailedCalls(ILogger logger)
{
    public async Task EndAsync(ApiCall call, Exception failure)
    {
        if (failure is OperationCanceledException && call.HungUp.IsCancellationRequested)
        {
            call.Abort();
            return;
        }

        Tell(call.Target, failure);
        if (call.HasAnswered)
            call.Abort();
        else
            await call.RefuseAsync(ApiRefusal.InternalError);
    }

    public void Tell(string target, Exception bug) => Log.CallFailed(logger, target, bug);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A call of an environment failed: {Target}")]
        public static partial void CallFailed(ILogger logger, string target, Exception failure);
    }
}
