using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Thaw.EnvironmentApis;

/// <summary>A call that comes through Kestrel: any that is legal in HTTP.</summary>
internal sealed class KestrelCall : ApiCall
{
    private readonly DefaultHttpContext http = new();
    private readonly KestrelBody body = new();
    private ParticipantConnection connection = null!;

    public override RequestBody Body => body;

    public string Method => http.Request.Method;

    /// <summary>The path, decoded except for %2F.</summary>
    public string Path => http.Request.Path.Value ?? "";

    public override string Target => $"{Method} {Path}";

    public override bool HasAnswered => http.Response.HasStarted;

    protected override IParticipantConnection Connection => connection;

    public void Begin(IFeatureCollection features)
    {
        http.Initialize(features);
        body.Begin(http.Request);
        connection = features.GetRequiredFeature<ParticipantConnection>();
        connection.Served = this;
    }

    public void End()
    {
        connection.Served = null;
        http.Uninitialize();
    }

    public override string? Header(string name) => http.Request.Headers.TryGetValue(name, out var values) ? Text(values) : null;

    public override string? Trailer(string name) =>
        http.Features.Get<IHttpRequestTrailersFeature>() is { Available: true, Trailers: var trailers }
        && trailers.TryGetValue(name, out var values)
            ? Text(values)
            : null;

    public override async Task AnswerAsync(int status, string? contentType, ReadOnlyMemory<byte> body)
    {
        if (!await Body.DiscardAsync())
            http.Response.Headers.Connection = "close";
        http.Response.StatusCode = status;
        http.Response.ContentLength = body.Length;
        AddHeader("Content-Type", contentType);
        if (!body.IsEmpty)
            await http.Response.BodyWriter.WriteAsync(body);
    }

    /// <summary>The request, to be sent again by whoever waits for something to happen in it.</summary>
    /// <exception cref="ConnectionBusyException">It is no call that waits, or has been answered.</exception>
    public ReadOnlyMemory<byte> ParkedRequest()
    {
        if (HasAnswered || !Routes.Parks(this))
            throw new ConnectionBusyException($"{Target} is under way");
        var head = new StringBuilder($"{Method} {Path} HTTP/1.1\r\n");
        foreach (var (name, values) in http.Request.Headers)
        {
            foreach (var value in values)
                head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }

    /// <summary>Lets another application serve it.</summary>
    public Task PassToAsync(Func<HttpContext, Task> application) => application(http);

    protected override void SetHeader(string name, string line) => http.Response.Headers[name] = line;

    private static string? Text(StringValues values) => values is [{ Length: > 0 } first, ..] ? first : null;
}
