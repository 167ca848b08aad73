namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>POST /runtime/restore/error: an after-restore hook failed; the runtime is expected to exit. SnapStart only; spec 7.2.</summary>
internal static class RestoreError
{
    public static async Task ServeAsync(ApiCall call)
    {
        if ((await PostedError.ReadAsync(call)).IsRefused(out var fault, out var error))
            await call.RefuseAsync(fault);
        else
            await call.AnswerAsync(await call.Participant.Runtime.RestoreErrorAsync(error));
    }
}
