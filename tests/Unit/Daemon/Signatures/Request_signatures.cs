using System.Security.Cryptography;
using System.Text;
using Thaw.Daemon.Signatures;

namespace Thaw.UnitTests.Daemon.Signatures;

public sealed class Request_signatures
{
    private const string Invoke =
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Amy-fn%3Aprod/invocations";

    [Fact, Trait("Spec", "API-123")]
    public void Are_those_of_the_golden_vectors()
    {
        Assert.Equal("dd3584a98ade670bb3cdc9b50af6a644789cc27951cb0fb743fb93900f2b33f8", Golden(
            Invoke, "", ("host", "127.0.0.1:18099"), ("x-amz-date", "20261123T050738Z"), ("x-amz-invocation-type", "Event")));
        Assert.Equal("2691b7d57f0cfd5e3662057ade66c24da62dd05fae7fd0e5c0d1cfe728e41956", Golden(
            "/2015-03-31/functions/my-fn/invocations?Qualifier=%24LATEST",
            """{"a":1}""",
            ("host", "127.0.0.1:18099"),
            ("x-amz-client-context", "eyJhIjoxfQ=="),
            ("x-amz-date", "20261123T050738Z"),
            ("x-amz-log-type", "Tail")));
    }

    [Fact]
    public async Task Let_through_what_is_signed_and_with_its_body()
    {
        var call = new SignedCall("POST", Invoke, """{"a":1}""").Sign();
        Assert.True(await call.SendAsync());
        Assert.Equal("""{"a":1}""", call.Served);
    }

    [Theory]
    [InlineData("/"), InlineData("/a/?b"), InlineData("/a?b=2&b=1&a=%2f%20+"), InlineData("/2017-03-31/tags/x?tagKeys=b&tagKeys=a")]
    public async Task Know_each_form_of_a_target(string target) => Assert.True(await new SignedCall("GET", target).Sign().SendAsync());

    [Fact]
    public async Task Know_tokens_and_the_logs_service()
    {
        var call = new SignedCall("GET", "/");
        call.Headers["x-amz-security-token"] = "token==";
        Assert.True(await call.Sign("ASIAEXAMPLE", "another+secret/of/somebody").SendAsync());
        Assert.True(await new SignedCall("GET", "/").Sign(scope: "20261123/eu-west-1/logs").SendAsync());
    }

    [Fact, Trait("Spec", "API-123")]
    public async Task Refuse_a_changed_byte()
    {
        await RefusesAsync(Call(), call => call.Retarget(Invoke.Replace("prod", "prov", StringComparison.Ordinal)));
        await RefusesAsync(Call(), call => call.Retarget(Invoke + "?Qualifier=1"));
        await RefusesAsync(Call(), call => call.Headers["x-amz-invocation-type"] = "Evens");
        await RefusesAsync(Call(), call => call.Headers.Host = "127.0.0.1:18098");
        await RefusesAsync(Call(), call => call.WithBody("""{"a":2}"""));
        await RefusesAsync(Call(), call => call.Headers.Authorization = Flipped(call.Headers.Authorization.ToString()));
        await RefusesAsync(Call(), call => call.Headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD");

        static SignedCall Call()
        {
            var call = new SignedCall("POST", Invoke, """{"a":1}""");
            call.Headers["x-amz-invocation-type"] = "Event";
            return call.Sign();
        }

        static string Flipped(string text) => text[..^1] + (text[^1] == '0' ? '1' : '0');
    }

    [Theory, InlineData("x-amz-invocation-type"), InlineData("X-Amz-Client-Context"), InlineData("x-amz-content-sha256")]
    public async Task Refuse_headers_of_AWS_s_that_are_not_signed(string name)
    {
        await RefusesAsync(new SignedCall("POST", Invoke).Sign(), call => call.Headers[name] = "Event");
        var other = new SignedCall("POST", Invoke).Sign();
        other.Headers["x-forwarded-for"] = "127.0.0.2";
        other.Headers["x-amzn-trace-id"] = "Root=1";
        Assert.True(await other.SendAsync());
    }

    [Fact]
    public async Task Take_the_hash_that_a_client_signs_only_if_it_is_true()
    {
        var call = new SignedCall("POST", Invoke, "body");
        call.Headers["x-amz-content-sha256"] = Convert.ToHexStringLower(SHA256.HashData("body"u8));
        Assert.True(await call.Sign().SendAsync());
        var unsigned = new SignedCall("POST", Invoke, "body");
        unsigned.Headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
        await RefusesAsync(unsigned.Sign(), _ => { });
        Assert.Contains("must be the SHA-256 of the payload", unsigned.Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, false), InlineData(-301, false), InlineData(299, true), InlineData(-299, true)]
    public async Task Allow_five_minutes_between_the_clocks(int seconds, bool served)
    {
        var call = new SignedCall("GET", "/").Sign().Later(TimeSpan.FromSeconds(seconds));
        Assert.Equal(served, await call.SendAsync());
        if (!served)
            Assert.Equal((403, "InvalidSignatureException"), (call.Status, call.Error));
    }

    [Theory]
    [InlineData("", 403, "MissingAuthenticationTokenException")]
    [InlineData("Basic YTpi", 400, "IncompleteSignatureException")]
    [InlineData("AWS4-HMAC-SHA256", 400, "IncompleteSignatureException")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=00", 400, "IncompleteSignatureException")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20261123/r/lambda/aws4_request, SignedHeaders=host", 400, "IncompleteSignatureException")]
    public async Task Refuse_what_is_no_signature(string authorization, int status, string shape)
    {
        var call = new SignedCall("GET", "/");
        call.Headers.Authorization = authorization;
        Assert.False(await call.SendAsync());
        Assert.Equal((status, shape), (call.Status, call.Error));
        Assert.StartsWith("{", call.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuse_keys_that_they_do_not_know()
    {
        await RefusesAsync(new SignedCall("GET", "/").Sign(id: "AKIDOTHER"), _ => { }, "UnrecognizedClientException");
        var without = new SignedCall("GET", "/").Sign("ASIAEXAMPLE", "another+secret/of/somebody");
        await RefusesAsync(without, _ => { }, "UnrecognizedClientException");
        var token = new SignedCall("GET", "/");
        token.Headers["x-amz-security-token"] = "any";
        await RefusesAsync(token.Sign(), _ => { }, "UnrecognizedClientException");
    }

    [Fact]
    public async Task Refuse_other_scopes()
    {
        await RefusesAsync(new SignedCall("GET", "/").Sign(scope: "20261123/us-east-1/s3"), _ => { });
        await RefusesAsync(new SignedCall("GET", "/").Sign(scope: "20261122/us-east-1/lambda"), _ => { });
        var noHost = new SignedCall("GET", "/");
        noHost.Headers.Remove("host");
        await RefusesAsync(noHost.Sign(), _ => { });
    }

    [Fact, Trait("Spec", "API-124")]
    public async Task Know_presigned_requests()
    {
        Assert.True(await new SignedCall("POST", Invoke).Presign().SendAsync());
        Assert.True(await new SignedCall("POST", Invoke + "?Qualifier=1", "{}").Presign().Later(TimeSpan.FromSeconds(299)).SendAsync());
        await RefusesAsync(new SignedCall("POST", Invoke).Presign(), call => call.Retarget(call.Target + "&Qualifier=2"));
        await RefusesAsync(
            new SignedCall("POST", Invoke).Presign(), call => call.Later(TimeSpan.FromSeconds(301)), "ExpiredTokenException");
        var endless = new SignedCall("POST", Invoke).Presign(604_801);
        Assert.False(await endless.SendAsync());
        Assert.Equal("IncompleteSignatureException", endless.Error);
    }

    private static string Golden(string target, string body, params (string Name, string Value)[] headers)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        var canonical = CanonicalRequest.Of("POST", target, headers, hash);
        return Convert.ToHexStringLower(Signature.Of("secret", "20261123T050738Z", "20261123/us-east-1/lambda/aws4_request", canonical));
    }

    private static async Task RefusesAsync(SignedCall call, Action<SignedCall> change, string shape = "InvalidSignatureException")
    {
        change(call);
        Assert.False(await call.SendAsync());
        Assert.Equal((403, shape), (call.Status, call.Error));
    }
}
