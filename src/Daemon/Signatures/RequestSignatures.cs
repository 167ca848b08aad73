using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi;

namespace Thaw.Daemon.Signatures;

/// <summary>
/// Lets through what is signed with one of the keys; spec (service) 16.
///
///   head: key, moment, form --> body: read, summed, held --> signature --> served
/// </summary>
/// <remarks>A body is held as long as its request is served, because only all of it shows who has sent it.</remarks>
internal sealed class RequestSignatures(AccessKeys keys, TimeProvider time)
{
    private const string HashHeader = "x-amz-content-sha256";

    /// <summary>How far a caller's clock may be from ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly HeldEvents held = new(Limits.HeldEventBytes);

    /// <summary>Serves a request, or tells why not.</summary>
    public async Task GuardAsync(HttpContext http, Func<HttpContext, Task> serve)
    {
        using var body = new HeldBody(held);
        if (await RefusalAsync(http, body) is { } refusal)
        {
            await refusal.WriteAsync(http.Response);
            return;
        }

        http.Request.Body = body.Content;
        await serve(http);
    }

    private static LambdaError Mismatch() => new(403, "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing "
        + "method. Consult the service documentation for details.");

    private static LambdaError Unsigned(string claimed) => new(403, "InvalidSignatureException",
        $"{HashHeader} is '{claimed}', and must be the SHA-256 of the payload, in hexadecimal: without TLS, "
        + "the payload must be signed too.");

    private async Task<LambdaError?> RefusalAsync(HttpContext http, HeldBody body)
    {
        var (signed, error) = SignedRequest.Read(http.Request);
        if (signed is null)
            return error;
        if (keys.Find(signed.KeyId) is not { } key || !SameToken(key.Token, signed.Token))
            return new(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
        if (Untimely(signed) is { } untimely)
            return untimely;

        if (await body.ReadAsync(http.Request, Limits.UploadRequestBytes) is { } tooMuch)
            return tooMuch;
        if (http.Request.Headers[HashHeader].ToString() is { Length: > 0 } claimed && claimed != body.Hash)
            return claimed.Length == body.Hash.Length ? Mismatch() : Unsigned(claimed);
        var expected = Signature.Of(key.Secret, signed.Moment, signed.Scope, signed.Canonical(http.Request, body.Hash));
        return CryptographicOperations.FixedTimeEquals(expected, signed.Signature) ? null : Mismatch();
    }

    private static bool SameToken(string? expected, string? sent) => (expected is null) == (sent is null)
        && (expected is null || CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(sent!)));

    private LambdaError? Untimely(SignedRequest signed)
    {
        var now = time.GetUtcNow();
        if (signed.SignedAt > now + Skew)
        {
            return new(403, "InvalidSignatureException",
                $"Signature not yet current: {signed.Moment} is still later than {Shown(now + Skew)} ({Shown(now)} + 5 min.)");
        }

        var last = signed.SignedAt + (signed.Lifetime ?? Skew);
        if (last >= now)
            return null;
        return signed.Lifetime is null
            ? new(403, "InvalidSignatureException",
                $"Signature expired: {signed.Moment} is now earlier than {Shown(now - Skew)} ({Shown(now)} - 5 min.)")
            : new(403, "ExpiredTokenException",
                $"The presigned request has expired: it was good until {Shown(last)}, and it is {Shown(now)}");

        static string Shown(DateTimeOffset moment) => moment.ToString(Signature.MomentFormat, CultureInfo.InvariantCulture);
    }
}
