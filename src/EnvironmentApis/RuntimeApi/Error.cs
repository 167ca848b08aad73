using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>POST /runtime/invocation/{id}/error: the handler failed. The body goes to the caller byte for byte; spec 2.5.</summary>
internal static class Error
{
    public static async Task ServeAsync(ApiCall call, RequestId id)
    {
        var begun = await call.Participant.Runtime.BeginErrorAsync(id, EchoHeader.Read(call));
        if (begun.IsRefused(out var refusal, out var posted))
        {
            await call.RefuseAsync(refusal);
            return;
        }

        var read = await call.Body.ReadToEndAsync(Limits.BufferedPayloadBytes);
        await call.AnswerAsync(read.IsRefused(out var fault, out var body)
            ? await BrokenAnswer.PostAsync(posted, fault)
            : await posted.FailAsync(ErrorOf(call, body)));
    }

    private static InvocationError ErrorOf(ApiCall call, ReadOnlyMemory<byte> body)
    {
        var type = ErrorType.FromRuntimeHeader(call.Header(PostedError.TypeHeader));
        return call.ContentType == ErrorWithCause.ContentType
            ? ErrorWithCause.WithoutCause(type, body)
            : new InvocationError(type, body, call.ContentType ?? "application/json");
    }
}
