namespace Thaw.EnvironmentApis.ExtensionsApi;

/// <summary>POST /extension/init/error: the extension could not be initialised; it is expected to exit. Spec 3.4.</summary>
internal static class InitError
{
    public static Task ServeAsync(ApiCall call) => ErrorReport.PostAsync(call, call.Participant.Extensions.InitErrorAsync);
}
