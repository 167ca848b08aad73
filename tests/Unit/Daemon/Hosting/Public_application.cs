using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Thaw.Daemon.Hosting;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi;

namespace Thaw.UnitTests.Daemon.Hosting;

public sealed class Public_application
{
    [Theory, Trait("Spec", "API-002")]
    [InlineData(400, "InvalidRequestContentException", "cannot be read")]
    [InlineData(408, "RequestTimeoutException", "too slowly")]
    [InlineData(413, "RequestEntityTooLargeException", "too large")]
    public async Task Answers_a_body_that_cannot_be_read_in_JSON_and_closes(int status, string shape, string words)
    {
        var http = new DefaultHttpContext();
        var answer = new MemoryStream();
        http.Response.Body = answer;
        (http.Request.Method, http.Request.Path, http.Request.Body) = ("POST", "/any", new BrokenBody(status));
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/any";
        await NewApplication().ServeFunctionAsync(http);
        Assert.Equal((status, shape), (http.Response.StatusCode, http.Response.Headers["x-amzn-ErrorType"].ToString()));
        Assert.Equal(("application/json", "close"), (http.Response.ContentType, http.Response.Headers.Connection.ToString()));
        Assert.NotEmpty(http.Response.Headers["x-amzn-RequestId"].ToString());
        var error = JsonDocument.Parse(answer.ToArray()).RootElement;
        Assert.Equal("User", error.GetProperty("Type").GetString());
        Assert.Contains(words, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    // One operation is all that is asked for.
    private static PublicApplication NewApplication()
    {
        var any = new Operation("Any", "POST", "/any", 200, _ => Task.FromResult(ServiceAnswer.Empty));
        var service = new LambdaService([any], world: null!, new HeldEvents(1_000));
        return new(new PublicRoutes(null!, service, null!, null!, null!, null!, null!, null!), signatures: null, Guid.NewGuid);
    }

    private sealed class BrokenBody(int status) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new BadHttpRequestException("Kestrel says why.", status);
    }
}
