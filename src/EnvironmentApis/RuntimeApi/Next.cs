using System.Globalization;
using Microsoft.AspNetCore.Http;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>GET /runtime/invocation/next: parks, without limit, until there is an event; spec 2.2.</summary>
internal static class Next
{
    public static async Task ServeAsync(ApiCall call) => await AnswerAsync(call, await AskAsync(call));

    /// <summary>What the call waits for.</summary>
    public static Task<Answer<InvokeEvent>> AskAsync(ApiCall call) => call.Participant.Runtime.NextAsync(call.HungUp);

    /// <summary>Answers a call that has waited.</summary>
    public static Task AnswerAsync(ApiCall call, Answer<InvokeEvent> next)
    {
        if (next.IsRefused(out var refusal, out var sent))
            return call.RefuseAsync(refusal);

        // An invocation that ended before its event went out: whoever asked has been told to end, too.
        var invocation = sent.Invocation;
        if (invocation.EventReaders is not { } readers)
            return SendAsync(call, sent, invocation);
        if (readers.TryEnter())
            return SendLent(call, sent, invocation, readers);
        call.Abort();
        return Task.CompletedTask;
    }

    // The event's memory goes to others once nobody reads it any more.
    private static Task SendLent(ApiCall call, InvokeEvent sent, Invocation invocation, EventReaders readers)
    {
        var sending = SendAsync(call, sent, invocation);
        if (!sending.IsCompletedSuccessfully)
            return LeaveBehindAsync(sending, readers);
        readers.Leave();
        return sending;
    }

    private static async Task LeaveBehindAsync(Task sending, EventReaders readers)
    {
        try
        {
            await sending;
        }
        finally
        {
            readers.Leave();
        }
    }

    private static Task SendAsync(ApiCall call, InvokeEvent sent, Invocation invocation)
    {
        var deadline = sent.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        call.AddHeader("Lambda-Runtime-Aws-Request-Id", invocation.RequestId.Value);
        call.AddHeader("Lambda-Runtime-Deadline-Ms", deadline);
        call.AddHeader("Lambda-Runtime-Invoked-Function-Arn", invocation.InvokedFunctionArn);
        call.AddHeader("Lambda-Runtime-Trace-Id", invocation.TraceId);
        call.AddHeader("Lambda-Runtime-Client-Context", invocation.ClientContext);
        call.AddHeader("Lambda-Runtime-Cognito-Identity", invocation.CognitoIdentity);
        call.AddHeader("Lambda-Runtime-Aws-Tenant-Id", invocation.TenantId);
        call.AddHeader("Lambda-Runtime-Invocation-Id", invocation.InvocationId.Value);
        return call.AnswerAsync(StatusCodes.Status200OK, invocation.ContentType, invocation.Event);
    }
}
