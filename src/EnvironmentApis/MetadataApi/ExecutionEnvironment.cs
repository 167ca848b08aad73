using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Thaw.EnvironmentApis.MetadataApi;

/// <summary>GET /metadata/execution-environment: where the environment is; spec 6.5, ENV-120.</summary>
internal static class ExecutionEnvironment
{
    public const string Path = "/2026-01-15/metadata/execution-environment";

    private const string Scheme = "Bearer ";

    // There is one zone, and it is ours.
    private static readonly byte[] Body = "{\"AvailabilityZoneID\":\"use1-az1\"}"u8.ToArray();

    public static Task ServeAsync(ApiCall call)
    {
        if (!IsAllowed(call.Header("Authorization"), call.Environment.MetadataToken))
        {
            call.AddHeader("WWW-Authenticate", "Bearer");
            return call.AnswerAsync(StatusCodes.Status401Unauthorized);
        }

        call.AddHeader("Cache-Control", "private, max-age=43200, immutable");
        return call.AnswerAsync(StatusCodes.Status200OK, "application/json", Body);
    }

    private static bool IsAllowed(string? authorization, string token) =>
        authorization is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(authorization[Scheme.Length..]), Encoding.UTF8.GetBytes(token));
}
