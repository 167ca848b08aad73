using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Thaw.EnvironmentApis.CredentialsApi;

/// <summary>GET /credentials: keys for who has the token, in the form that SDKs expect of a container's host. SnapStart only;
/// spec 7.6, ENV-122.</summary>
internal static class GetCredentials
{
    public const string Path = "/2021-04-23/credentials";

    private static readonly byte[] Refused = "cannot get credentials for the provided token"u8.ToArray();

    public static Task ServeAsync(ApiCall call)
    {
        var lent = call.Environment.Keys!;
        return lent.IsFor(call.Header("Authorization"))
            ? call.AnswerAsync(StatusCodes.Status200OK, "application/json", BodyOf(lent))
            : call.AnswerAsync(StatusCodes.Status404NotFound, "text/plain; charset=utf-8", Refused);
    }

    private static byte[] BodyOf(LentKeys lent)
    {
        var (keys, expiration) = lent.Take();
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("AccessKeyId", keys.AccessKeyId);
            json.WriteString("SecretAccessKey", keys.SecretAccessKey);
            json.WriteString("Token", keys.SessionToken);
            json.WriteString("Expiration", expiration.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        return body.ToArray();
    }
}
