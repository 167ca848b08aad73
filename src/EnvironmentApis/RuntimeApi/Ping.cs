using Microsoft.AspNetCore.Http;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>GET /ping; spec: ENV-046.</summary>
internal static class Ping
{
    public static Task ServeAsync(ApiCall call) =>
        call.AnswerAsync(StatusCodes.Status200OK, "text/plain; charset=utf-8", "pong"u8.ToArray());
}
