namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>POST /runtime/init/error: the runtime could not be initialised; it is expected to exit. Spec 2.5.</summary>
internal static class InitError
{
    public static async Task ServeAsync(ApiCall call)
    {
        if ((await PostedError.ReadAsync(call)).IsRefused(out var fault, out var error))
            await call.RefuseAsync(fault);
        else
            await call.AnswerAsync(await call.Participant.Runtime.InitErrorAsync(error));
    }
}
