namespace Thaw.EnvironmentApis.ExtensionsApi;

/// <summary>POST /extension/exit/error: the extension is about to exit. Spec 3.4.</summary>
internal static class ExitError
{
    public static Task ServeAsync(ApiCall call) => ErrorReport.PostAsync(call, call.Participant.Extensions.ExitErrorAsync);
}
