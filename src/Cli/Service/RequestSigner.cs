using System.Globalization;
using System.Security.Cryptography;
using Thaw.Daemon.Signatures;

namespace Thaw.Cli.Service;

/// <summary>Signs what a command sends with the key in AWS's own variables, for daemons that want that.</summary>
internal sealed class RequestSigner(AccessKey key, string region, TimeProvider time)
{
    /// <summary>Null when the variables hold no key.</summary>
    public static RequestSigner? Of(Func<string, string?> variable, TimeProvider time) =>
        variable("AWS_ACCESS_KEY_ID") is { Length: > 0 } id && variable("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } secret
            ? new(
                new AccessKey(id, secret, variable("AWS_SESSION_TOKEN") is { Length: > 0 } token ? token : null),
                variable("AWS_REGION") is { Length: > 0 } region ? region : variable("AWS_DEFAULT_REGION") ?? "us-east-1",
                time)
            : null;

    /// <param name="request">With all of its headers but these.</param>
    /// <param name="body">Its body.</param>
    public void Sign(HttpRequestMessage request, ReadOnlyMemory<byte> body)
    {
        var moment = time.GetUtcNow().ToString(Signature.MomentFormat, CultureInfo.InvariantCulture);
        var scope = $"{moment[..8]}/{region}/lambda/aws4_request";
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = request.RequestUri!.Authority,
            ["x-amz-date"] = moment,
        };
        if (key.Token is not null)
            headers["x-amz-security-token"] = key.Token;
        foreach (var (name, value) in headers.Where(header => header.Key != "host"))
            request.Headers.TryAddWithoutValidation(name, value);

        // What is to be done may stand there too.
        foreach (var (name, values) in request.Headers.Where(one => one.Key.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)))
            headers[name.ToLowerInvariant()] = string.Join(',', values);

        var canonical = CanonicalRequest.Of(
            request.Method.Method,
            request.RequestUri.PathAndQuery,
            headers.Select(header => (header.Key, header.Value)),
            Convert.ToHexStringLower(SHA256.HashData(body.Span)));
        request.Headers.TryAddWithoutValidation("Authorization",
            $"{Signature.Algorithm} Credential={key.Id}/{scope}, SignedHeaders={string.Join(';', headers.Keys)}, "
            + $"Signature={Convert.ToHexStringLower(Signature.Of(key.Secret, moment, scope, canonical))}");
    }
}
