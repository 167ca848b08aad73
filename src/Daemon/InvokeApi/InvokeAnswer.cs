using Microsoft.AspNetCore.Http;
using Thaw.Environments;

namespace Thaw.Daemon.InvokeApi;

/// <summary>The answer of a synchronous invoke: status 200, also when the function failed; spec: ENV-024, spec (service) 9.3.</summary>
internal static class InvokeAnswer
{
    public static async Task WriteAsync(HttpResponse http, InvocationResult result, string version, string? traceId, string? logTail)
    {
        http.StatusCode = StatusCodes.Status200OK;
        http.ContentType = "application/json";
        http.ContentLength = result.Body.Length;
        http.Headers["X-Amz-Executed-Version"] = version;
        http.Headers["X-Amzn-Trace-Id"] = traceId;
        if (result.FunctionError is not null)
            http.Headers["X-Amz-Function-Error"] = InvocationResult.Unhandled;
        if (logTail is not null)
            http.Headers["X-Amz-Log-Result"] = logTail;
        if (!result.Body.IsEmpty)
            await http.BodyWriter.WriteAsync(result.Body);
    }
}
