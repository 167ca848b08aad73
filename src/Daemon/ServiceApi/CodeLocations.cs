using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Thaw.Store.Archive;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi;

/// <summary>
/// <c>GET /thaw/code/{sha256}?expires=SECONDS&amp;token=HMAC</c>: the zip of a function or layer, for whoever was given the address.
/// It is good for ten minutes; spec (service) 4.5.
/// </summary>
internal sealed class CodeLocations(ICodeArchive archive, TimeProvider time)
{
    private const string PathBefore = "/thaw/code/";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);

    public static bool IsFor(string path) => path.StartsWith(PathBefore, StringComparison.Ordinal);

    /// <param name="server">How the caller reaches us.</param>
    public string Of(CodeReference code, Uri server)
    {
        var name = Convert.ToHexStringLower(Convert.FromBase64String(code.Sha256));
        var expires = time.GetUtcNow().Add(Lifetime).ToUnixTimeSeconds();
        return new Uri(server, string.Create(
            CultureInfo.InvariantCulture, $"{PathBefore}{name}?expires={expires}&token={TokenOf(name, expires)}")).ToString();
    }

    public async Task ServeAsync(HttpContext http)
    {
        // Files block, and this thread may be one that serves sockets.
        await Task.Yield();
        var name = http.Request.Path.Value![PathBefore.Length..];
        if (!IsGood(name, http.Request.Query))
        {
            await new LambdaError(StatusCodes.Status403Forbidden, "AccessDeniedException",
                "This address is not, or no longer, good; GetFunction and GetLayerVersion give a new one.").WriteAsync(http.Response);
            return;
        }

        if (archive.ZipOf(new CodeReference(Convert.ToBase64String(Convert.FromHexString(name)), 0, 0)) is not { } zip)
        {
            await LambdaError.ResourceNotFound("This code is no longer kept.").WriteAsync(http.Response);
            return;
        }

        await using var file = new FileStream(zip, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        http.Response.ContentType = "application/zip";
        http.Response.ContentLength = file.Length;
        await file.CopyToAsync(http.Response.Body);
    }

    private bool IsGood(string name, IQueryCollection query) =>
        long.TryParse(query["expires"], NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
        && time.GetUtcNow().ToUnixTimeSeconds() <= expires
        && query["token"] is [{ } token]
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(TokenOf(name, expires)));

    private string TokenOf(string name, long expires) => Convert.ToHexStringLower(
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}:{expires}"))));
}
