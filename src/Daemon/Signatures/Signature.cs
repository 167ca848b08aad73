using System.Security.Cryptography;
using System.Text;

namespace Thaw.Daemon.Signatures;

/// <summary>Signature Version 4 of one request; spec (service) 16.2.</summary>
public static class Signature
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The form of a moment in it, in UTC.</summary>
    public const string MomentFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <param name="secret">Of the access key.</param>
    /// <param name="moment">As it is sent, in <see cref="MomentFormat"/>.</param>
    /// <param name="scope">Date, region, service and <c>aws4_request</c>, with <c>/</c> between them.</param>
    /// <param name="canonical">The request, see <see cref="CanonicalRequest"/>.</param>
    public static byte[] Of(string secret, string moment, string scope, string canonical)
    {
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), Hash);
        return Hash(key, $"{Algorithm}\n{moment}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}");

        static byte[] Hash(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
    }
}
