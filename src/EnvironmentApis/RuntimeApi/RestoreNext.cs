using Microsoft.AspNetCore.Http;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>GET /runtime/restore/next: parks until the snapshot of its process is restored. SnapStart only; spec: ENV-121.</summary>
internal static class RestoreNext
{
    public static async Task ServeAsync(ApiCall call)
    {
        if ((await call.Participant.Runtime.RestoreNextAsync(call.HungUp)).IsRefused(out var refusal, out _))
            await call.RefuseAsync(refusal);
        else
            await call.AnswerAsync(StatusCodes.Status200OK);
    }
}
