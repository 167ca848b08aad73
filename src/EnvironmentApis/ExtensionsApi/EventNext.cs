using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.ExtensionsApi;

/// <summary>GET /extension/event/next: parks, without limit, until there is an event; spec 3.3.</summary>
internal static class EventNext
{
    public static async Task ServeAsync(ApiCall call)
    {
        if (IdentifierHeader.Read(call).IsRefused(out var refusal, out var identifier)
            || (await call.Participant.Extensions.NextAsync(identifier, call.HungUp)).IsRefused(out refusal, out var sent))
        {
            await call.RefuseAsync(refusal);
            return;
        }

        // AWS's code leaves the event identifier out on SHUTDOWN, its documents show it on every event.
        call.AddHeader("Lambda-Extension-Event-Identifier", sent.EventId.ToString());
        await call.AnswerAsync(StatusCodes.Status200OK, "application/json", Encoding.UTF8.GetBytes(Render(sent)));
    }

    private static string Render(ExtensionEvent sent)
    {
        var deadline = sent.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        return sent switch
        {
            ExtensionEvent.Invoke { Invocation: var invocation } =>
                $$"""{"eventType":"INVOKE","deadlineMs":{{deadline}},"requestId":{{GoJson.Quote(invocation.RequestId.Value)}}"""
                + $$""","invokedFunctionArn":{{GoJson.Quote(invocation.InvokedFunctionArn)}}{{Tracing(invocation.TraceId)}}}""",
            ExtensionEvent.Shutdown { Reason: var reason } =>
                $$"""{"eventType":"SHUTDOWN","deadlineMs":{{deadline}},"shutdownReason":"{{reason.ToWireName()}}"}""",
            _ => throw new ArgumentOutOfRangeException(nameof(sent), sent, null),
        };
    }

    private static string Tracing(string? traceId) => string.IsNullOrEmpty(traceId)
        ? ""
        : $$""","tracing":{"type":"X-Amzn-Trace-Id","value":{{GoJson.Quote(traceId)}}}""";
}
