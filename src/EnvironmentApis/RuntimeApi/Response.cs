using Thaw.Contracts;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>POST /runtime/invocation/{id}/response: the result, buffered or streamed. Its content never matters; spec 2.4, 9.</summary>
internal static class Response
{
    private const string Streaming = "streaming";

    public static async Task ServeAsync(ApiCall call, RequestId id)
    {
        var mode = call.Header("Lambda-Runtime-Function-Response-Mode");
        var begun = await call.Participant.Runtime.BeginResponseAsync(id, EchoHeader.Read(call), modeIsKnown: mode is null or Streaming);
        if (begun.IsRefused(out var refusal, out var posted))
        {
            await call.RefuseAsync(refusal);
            return;
        }

        if (mode is Streaming)
        {
            await call.AnswerAsync(await StreamedResponse.PostAsync(call, posted));
            return;
        }

        // A chunked body with trailers is nothing special here: Go's client always sends such. Spec: ENV-069.
        var read = await call.Body.ReadToEndAsync(Limits.BufferedPayloadBytes);
        var answer = read.IsRefused(out var fault, out var body)
            ? await BrokenAnswer.PostAsync(posted, fault)
            : await posted.RespondAsync(call.ContentType, body, call.AcceptAsync);
        if (answer.IsRefused(out var late, out _))
            await call.RefuseAsync(late);
    }
}
