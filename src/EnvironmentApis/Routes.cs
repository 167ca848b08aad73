using Microsoft.AspNetCore.Http;
using Thaw.Contracts;

namespace Thaw.EnvironmentApis;

/// <summary>Every path of the APIs. An unknown one answers 404, a known one with another method 405; spec: ENV-047.</summary>
internal static class Routes
{
    private const string Runtime = "/2018-06-01/runtime";
    private const string Invocation = $"{Runtime}/invocation/";
    private const string Extension = "/2020-01-01/extension";

    public static Task ServeAsync(KestrelCall call)
    {
        if (Find(call.Path, call.Environment) is not { } route)
        {
            return call.Environment.LambdaApi is { } lambda
                ? call.PassToAsync(lambda)
                : call.AnswerAsync(StatusCodes.Status404NotFound);
        }

        if (route.Method == call.Method)
            return route.ServeAsync(call);
        call.AddHeader("Allow", route.Method);
        return call.AnswerAsync(StatusCodes.Status405MethodNotAllowed);
    }

    /// <summary>Whether it waits there for something to happen, for as long as that takes.</summary>
    public static bool Parks(KestrelCall call) =>
        Find(call.Path, call.Environment) is { } route && (route == Next || route == RestoreNext || route == EventNext)
        && route.Method == call.Method;

    private static Route? Find(string path, EnvironmentDescriptor environment) => path switch
    {
        "/2018-06-01/ping" => Ping,
        $"{Invocation}next" => Next,
        $"{Runtime}/init/error" => InitError,

        $"{Runtime}/restore/next" when environment.IsSnapStart => RestoreNext,
        $"{Runtime}/restore/error" when environment.IsSnapStart => RestoreError,

        CredentialsApi.GetCredentials.Path when environment.IsSnapStart => Keys,

        $"{Extension}/register" when environment.HasExtensions => Register,
        $"{Extension}/event/next" when environment.HasExtensions => EventNext,
        $"{Extension}/init/error" when environment.HasExtensions => ExtensionInitError,
        $"{Extension}/exit/error" when environment.HasExtensions => ExtensionExitError,

        "/2022-07-01/telemetry" or "/2022-07-01/telemetry/" when environment.HasExtensions => Telemetry,
        "/2020-08-15/logs" or "/2020-08-15/logs/" when environment.HasExtensions => Logs,

        MetadataApi.ExecutionEnvironment.Path => Metadata,

        _ => FindInvocation(path),
    };

    /// <summary>A response or an error to an invocation: the paths that carry a request id.</summary>
    private static Route? FindInvocation(string path)
    {
        if (!path.StartsWith(Invocation, StringComparison.Ordinal))
            return null;
        var idAndVerb = path[Invocation.Length..];
        var slash = idAndVerb.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
            return null;

        // Node's client encodes the id. Kestrel has decoded everything but the slash.
        var id = new RequestId(idAndVerb[..slash].Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        return idAndVerb[(slash + 1)..] switch
        {
            "response" => new Route("POST", call => RuntimeApi.Response.ServeAsync(call, id)),
            "error" => new Route("POST", call => RuntimeApi.Error.ServeAsync(call, id)),
            _ => null,
        };
    }

    private static readonly Route
        Ping = new("GET", RuntimeApi.Ping.ServeAsync),
        Next = new("GET", RuntimeApi.Next.ServeAsync),
        InitError = new("POST", RuntimeApi.InitError.ServeAsync),
        RestoreNext = new("GET", RuntimeApi.RestoreNext.ServeAsync),
        RestoreError = new("POST", RuntimeApi.RestoreError.ServeAsync),
        Keys = new("GET", CredentialsApi.GetCredentials.ServeAsync),
        Register = new("POST", ExtensionsApi.Register.ServeAsync),
        EventNext = new("GET", ExtensionsApi.EventNext.ServeAsync),
        ExtensionInitError = new("POST", ExtensionsApi.InitError.ServeAsync),
        ExtensionExitError = new("POST", ExtensionsApi.ExitError.ServeAsync),
        Telemetry = new("PUT", TelemetryApi.Subscribe.ServeAsync),
        Metadata = new("GET", MetadataApi.ExecutionEnvironment.ServeAsync),
        Logs = new("PUT", LogsApi.Subscribe.ServeAsync);

    private sealed record Route(string Method, Func<ApiCall, Task> ServeAsync);
}
