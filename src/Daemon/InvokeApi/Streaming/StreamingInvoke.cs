using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.Logs;
using Thaw.Daemon.ServiceApi;
using Thaw.Environments.Pool;

namespace Thaw.Daemon.InvokeApi.Streaming;

/// <summary><c>InvokeWithResponseStream</c>: the caller receives the answer as the runtime writes it; spec (service) 11.</summary>
internal sealed class StreamingInvoke(InvokeRouting routing, LogTails tails, Random random)
{
    public const string ContentType = "application/vnd.amazon.eventstream";

    /// <summary>Answers, or tells why not: then nothing has run.</summary>
    public async Task<LambdaError?> RunAsync(AdmittedInvoke invoke, HttpContext http)
    {
        using var held = invoke;
        var id = new InvocationId(RandomUuid.New(random).ToString("N"));
        var tail = invoke.Headers.WantsLog ? tails.Want(id) : null;
        try
        {
            var answer = new StreamedAnswer(http.Response);
            var invocation = invoke.NewInvocation(id, answer, random);

            // The first part may leave before routing returns, and takes the headers with it; a refusal replaces them.
            http.Response.ContentType = ContentType;
            http.Response.Headers["X-Amz-Executed-Version"] = invoke.Plan.Function.Version;
            http.Response.Headers["X-Amzn-Trace-Id"] = invocation.TraceId;
            var routed = await routing.RouteAsync(invoke.Plan, invocation);
            if (routed is not Routing.Accepted running)
            {
                http.Response.Headers.Remove("X-Amz-Executed-Version");
                http.Response.Headers.Remove("X-Amzn-Trace-Id");
                return routing.RefusalOf(routed, invoke.Plan);
            }

            var error = await answer.Ended;
            if (tail is not null)
                await running.Ended;
            await answer.CompleteAsync(error, tail?.ToBase64());
            return null;
        }
        catch when (http.Response.HasStarted)
        {
            // A clean end would pass for a complete stream.
            http.Abort();
            throw;
        }
        finally
        {
            if (tail is not null)
                tails.Forget(id);
        }
    }
}
