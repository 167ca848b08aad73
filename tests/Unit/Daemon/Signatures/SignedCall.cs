using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Thaw.Daemon.Signatures;

namespace Thaw.UnitTests.Daemon.Signatures;

/// <summary>A request that is signed as AWS's clients sign it, or nearly so, and what becomes of it.</summary>
internal sealed class SignedCall
{
    public const string Keys = """
        [one]
        aws_access_key_id = AKIDEXAMPLE
        aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY
        [two]
        aws_access_key_id = ASIAEXAMPLE
        aws_secret_access_key = another+secret/of/somebody
        aws_session_token = token==
        """;

    private readonly DefaultHttpContext http = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 23, 5, 7, 38, TimeSpan.Zero));
    private readonly MemoryStream answer = new();

    public SignedCall(string method, string target, string body = "")
    {
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        (http.Request.Method, http.Request.Body) = (method, new MemoryStream(Encoding.UTF8.GetBytes(body)));
        (Target, Body) = (target, body);
        Headers["host"] = "127.0.0.1:18099";
        http.Response.Body = answer;
    }

    public string Target { get; private set; }

    public string Body { get; }

    public IHeaderDictionary Headers => http.Request.Headers;

    public string? Served { get; private set; }

    public int Status => http.Response.StatusCode;

    public string Error => http.Response.Headers["x-amzn-ErrorType"].ToString();

    public string Answer => Encoding.UTF8.GetString(answer.ToArray());

    /// <summary>When it is received, after it was signed.</summary>
    public SignedCall Later(TimeSpan span)
    {
        time.AdjustTime(time.GetUtcNow() + span);
        return this;
    }

    /// <summary>Signs all headers that it has.</summary>
    public SignedCall Sign(
        string id = "AKIDEXAMPLE", string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", string scope = "20261123/us-east-1/lambda")
    {
        var moment = Moment();
        Headers["x-amz-date"] = moment;
        var names = Headers.Select(header => header.Key).Order(StringComparer.Ordinal).ToArray();
        var headers = names.Select(name => (name, Headers[name].ToString()));
        var canonical = CanonicalRequest.Of(http.Request.Method, Target, headers, Hash(Body));
        var signature = Convert.ToHexStringLower(Signature.Of(secret, moment, $"{scope}/aws4_request", canonical));
        Headers.Authorization = $"AWS4-HMAC-SHA256 Credential={id}/{scope}/aws4_request, "
            + $"SignedHeaders={string.Join(';', names)}, Signature={signature}";
        return this;
    }

    public SignedCall Presign(int seconds = 300)
    {
        var credential = Uri.EscapeDataString("AKIDEXAMPLE/20261123/us-east-1/lambda/aws4_request");
        Target += Target.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        Target += $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}"
            + string.Create(CultureInfo.InvariantCulture, $"&X-Amz-Date={Moment()}&X-Amz-Expires={seconds}&X-Amz-SignedHeaders=host");
        var canonical = CanonicalRequest.Of(http.Request.Method, Target, [("host", Headers.Host.ToString())], Hash(Body));
        Target += "&X-Amz-Signature=" + Convert.ToHexStringLower(Signature.Of(
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Moment(), "20261123/us-east-1/lambda/aws4_request", canonical));
        return Retarget(Target);
    }

    /// <summary>Changes what is sent after it was signed.</summary>
    public SignedCall Retarget(string target)
    {
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = Target = target;
        http.Request.QueryString = new(target.Contains('?', StringComparison.Ordinal) ? target[target.IndexOf('?')..] : "");
        return this;
    }

    public SignedCall WithBody(string body)
    {
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return this;
    }

    /// <summary>True when it was served.</summary>
    public async Task<bool> SendAsync()
    {
        await new RequestSignatures(AccessKeys.Parse(Keys, "keys"), time).GuardAsync(http, async served =>
        {
            using var body = new StreamReader(served.Request.Body, leaveOpen: true);
            Served = await body.ReadToEndAsync();
        });
        return Served is not null;
    }

    private static string Hash(string body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    private string Moment() => time.GetUtcNow().ToString(Signature.MomentFormat, CultureInfo.InvariantCulture);
}
