using Microsoft.Extensions.Time.Testing;
using Thaw.Cli.Service;

namespace Thaw.UnitTests.Cli;

public sealed class Request_signer
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 23, 5, 7, 38, TimeSpan.Zero));

    [Fact, Trait("Spec", "API-123")]
    public void Signs_by_the_variables_of_AWS()
    {
        var variables = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE",
            ["AWS_SECRET_ACCESS_KEY"] = "secret",
            ["AWS_SESSION_TOKEN"] = "token",
            ["AWS_REGION"] = "eu-west-1",
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("http://127.0.0.1:9000/a%3Ab?c=d"));
        request.Headers.TryAddWithoutValidation("X-Amz-Log-Type", "Tail");
        RequestSigner.Of(variables.GetValueOrDefault, time)!.Sign(request, "{}"u8.ToArray());
        Assert.Equal("20261123T050738Z", Assert.Single(request.Headers.GetValues("x-amz-date")));
        Assert.Equal("token", Assert.Single(request.Headers.GetValues("x-amz-security-token")));
        Assert.StartsWith(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-west-1/lambda/aws4_request, "
                + "SignedHeaders=host;x-amz-date;x-amz-log-type;x-amz-security-token, Signature=",
            Assert.Single(request.Headers.GetValues("Authorization")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Signs_nothing_without_a_key() => Assert.Null(RequestSigner.Of(_ => null, time));
}
