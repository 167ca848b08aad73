using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Thaw.Daemon.ServiceApi;

namespace Thaw.Daemon.Signatures;

/// <summary>What a request says of its own signature, in its headers or, presigned, in its query; spec (service) 16.1.</summary>
/// <param name="Moment">As it was sent.</param>
/// <param name="Headers">The names of those that are signed.</param>
/// <param name="Lifetime">Of a presigned one.</param>
internal sealed record SignedRequest(
    string KeyId, string Scope, string Moment, IReadOnlyList<string> Headers, byte[] Signature, string? Token, TimeSpan? Lifetime)
{
    private const int MaxLifetimeSeconds = 604_800, SignatureBytes = 32;

    /// <summary>When it was signed.</summary>
    public DateTimeOffset SignedAt { get; private init; }

    /// <summary>The signature, or what is wrong about it.</summary>
    public static (SignedRequest? Signed, LambdaError? Error) Read(HttpRequest request)
    {
        var sent = request.Headers.Authorization.ToString();
        if (sent.StartsWith(Signatures.Signature.Algorithm, StringComparison.Ordinal))
            return OfHeader(request, sent[Signatures.Signature.Algorithm.Length..]);
        if (request.Query.ContainsKey("X-Amz-Algorithm"))
            return OfQuery(request.Query);
        return (null, sent.Length == 0
            ? new(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
            : Incomplete($"Authorization header requires {Signatures.Signature.Algorithm}; no other form is known here."));
    }

    /// <summary>The request in the form that is signed.</summary>
    public string Canonical(HttpRequest request, string payloadHash) => CanonicalRequest.Of(
        request.Method,
        request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
        Headers.Select(name => (name, request.Headers[name].ToString())),
        payloadHash);

    private static (SignedRequest?, LambdaError?) OfHeader(HttpRequest request, string members)
    {
        var named = new Dictionary<string, string>();
        foreach (var member in members.Split(',').Select(member => member.Trim().Split('=', 2)).Where(member => member.Length == 2))
            named[member[0]] = member[1];
        foreach (var needed in new[] { "Credential", "SignedHeaders", "Signature" })
        {
            if (!named.ContainsKey(needed))
                return (null, Incomplete($"Authorization header requires '{needed}' parameter."));
        }

        var moment = request.Headers["X-Amz-Date"].ToString();
        if (moment.Length == 0 && DateTimeOffset.TryParseExact(
            request.Headers.Date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            moment = date.ToString(Signatures.Signature.MomentFormat, CultureInfo.InvariantCulture);
        }

        var token = request.Headers["X-Amz-Security-Token"].ToString();
        if (UnsignedHeader(request.Headers, named["SignedHeaders"].Split(';')) is { } unsigned)
            return (null, Mismatch($"'{unsigned}' must be a 'SignedHeader' in the AWS Authorization."));
        return Read(named["Credential"], moment, named["SignedHeaders"], named["Signature"], token, lifetime: null);
    }

    // What changes the meaning of a request must be what its sender has signed. A presigned one is an address, and signs what it names.
    private static string? UnsignedHeader(IHeaderDictionary headers, string[] signed) => headers.Keys
        .Where(name => name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase))
        .FirstOrDefault(name => !signed.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static (SignedRequest?, LambdaError?) OfQuery(IQueryCollection query)
    {
        foreach (var needed in new[] { "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Expires" })
        {
            if (query[needed].Count != 1)
                return (null, Incomplete($"The presigned request requires '{needed}'."));
        }

        if (query["X-Amz-Algorithm"] != Signatures.Signature.Algorithm)
            return (null, Incomplete($"X-Amz-Algorithm must be {Signatures.Signature.Algorithm}."));
        if (!int.TryParse(query["X-Amz-Expires"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > MaxLifetimeSeconds)
        {
            return (null, Incomplete($"X-Amz-Expires must be 0 to {MaxLifetimeSeconds} seconds."));
        }

        return Read(
            query["X-Amz-Credential"]!,
            query["X-Amz-Date"]!,
            query["X-Amz-SignedHeaders"]!,
            query["X-Amz-Signature"]!,
            query["X-Amz-Security-Token"].ToString(),
            TimeSpan.FromSeconds(seconds));
    }

    private static (SignedRequest?, LambdaError?) Read(
        string credential, string moment, string headers, string signature, string token, TimeSpan? lifetime)
    {
        if (credential.Split('/') is not [var key, var date, var region, var service, "aws4_request"])
            return (null, Incomplete("Credential must be KEY/DATE/REGION/lambda/aws4_request."));
        if (service is not ("lambda" or "logs"))
            return (null, Mismatch($"Credential should be scoped to correct service: 'lambda', not '{service}'."));
        if (!DateTimeOffset.TryParseExact(
            moment, Signatures.Signature.MomentFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
        {
            return (null, Incomplete("The request requires 'X-Amz-Date' (or 'Date') as a moment, such as 20261123T050738Z."));
        }

        if (!moment.StartsWith(date, StringComparison.Ordinal) || date.Length != 8)
            return (null, Mismatch($"Date in Credential scope does not match YYYYMMDD from X-Amz-Date: '{date}', '{moment[..8]}'."));
        string[] names = headers.Split(';');
        if (!names.Contains("host"))
            return (null, Mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization."));
        if (names.Any(name => name.Any(char.IsAsciiLetterUpper)) || !names.SequenceEqual(names.Order(StringComparer.Ordinal)))
            return (null, Incomplete("SignedHeaders must be names in small letters, in order."));
        var bytes = new byte[SignatureBytes];
        if (signature.Length != 2 * SignatureBytes
            || Convert.FromHexString(signature, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return (null, Incomplete("Signature must be 64 hexadecimal digits."));
        }

        return (new(key, $"{date}/{region}/{service}/aws4_request", moment, names, bytes, token.Length == 0 ? null : token, lifetime)
        {
            SignedAt = signedAt,
        }, null);
    }

    private static LambdaError Incomplete(string text) => new(400, "IncompleteSignatureException", text);

    private static LambdaError Mismatch(string text) => new(403, "InvalidSignatureException", text);
}
