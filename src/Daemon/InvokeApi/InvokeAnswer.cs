using Microsoft.AspNetCore.Http;
using Thaw.Environments;

namespace Thaw.Daemon.InvokeApi;

/// <summary>The answer of a synchronous invoke: status 200, also when the function failed; spec: ENV-024, spec (service) 9.3.</summary>
internal static class InvokeAnswer
{
    public static Task WriteAsync(InvokeCall call, InvocationResult result, string version, string? traceId, string? logTail)
    {
        call.AddHeader("X-Amz-Executed-Version", version);
        call.AddHeader("X-Amzn-Trace-Id", traceId);
        if (result.FunctionError is not null)
            call.AddHeader("X-Amz-Function-Error", InvocationResult.Unhandled);
        call.AddHeader("X-Amz-Log-Result", logTail);
        return call.AnswerAsync(StatusCodes.Status200OK, result.Body);
    }
}
