using System.Globalization;
using Microsoft.AspNetCore.Http;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>GET /runtime/invocation/next: parks, without limit, until there is an event; spec 2.2.</summary>
internal static class Next
{
    public static async Task ServeAsync(ApiCall call)
    {
        if ((await call.Participant.Runtime.NextAsync(call.HungUp)).IsRefused(out var refusal, out var sent))
        {
            await call.RefuseAsync(refusal);
            return;
        }

        // An invocation that ended before its event went out: whoever asked has been told to end, too.
        var invocation = sent.Invocation;
        if (invocation.EventReaders?.TryEnter() == false)
        {
            call.Abort();
            return;
        }

        try
        {
            await AnswerAsync(call, sent, invocation);
        }
        finally
        {
            invocation.EventReaders?.Leave();
        }
    }

    private static Task AnswerAsync(ApiCall call, InvokeEvent sent, Invocation invocation)
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
