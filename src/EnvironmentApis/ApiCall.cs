using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis;

/// <summary>One request of a participant, and the ways to answer it. A body is always read to its end before the answer goes out.</summary>
internal sealed class ApiCall
{
    private readonly DefaultHttpContext http = new();
    private ParticipantConnection connection = null!;

    public RequestBody Body { get; } = new();

    public EnvironmentDescriptor Environment => connection.Endpoint.Environment;

    /// <summary>What this client may ask of its environment.</summary>
    public ParticipantCalls Participant => connection.Calls;

    public CancellationToken HungUp => connection.HungUp;

    public string Method => http.Request.Method;

    /// <summary>The path, decoded except for %2F.</summary>
    public string Path => http.Request.Path.Value ?? "";

    /// <summary>For log lines.</summary>
    public string Target => $"{Method} {Path}";

    public string? ContentType => Header("Content-Type");

    public bool HasAnswered => http.Response.HasStarted;

    public void Begin(IFeatureCollection features)
    {
        http.Initialize(features);
        Body.Begin(http.Request);
        connection = features.GetRequiredFeature<ParticipantConnection>();
        connection.IsServing = true;
    }

    public void End()
    {
        connection.IsServing = false;
        http.Uninitialize();
    }

    /// <summary>The first value of a request header; null when it is absent or empty.</summary>
    public string? Header(string name) => http.Request.Headers.TryGetValue(name, out var values) ? Text(values) : null;

    /// <summary>The same of a trailer; only after the body has been read.</summary>
    public string? Trailer(string name) =>
        http.Features.Get<IHttpRequestTrailersFeature>() is { Available: true, Trailers: var trailers }
        && trailers.TryGetValue(name, out var values)
            ? Text(values)
            : null;

    /// <summary>Reads a body that no earlier call has announced; see <see cref="EnvironmentEndpoint.OneBody"/>.</summary>
    public async Task<Answer<ReadOnlyMemory<byte>>> ReadUnannouncedBodyAsync(int maxBytes)
    {
        await connection.Endpoint.OneBody.WaitAsync();
        try
        {
            return await Body.ReadToEndAsync(maxBytes);
        }
        finally
        {
            connection.Endpoint.OneBody.Release();
        }
    }

    /// <summary>Adds a header to the answer, unless it has nothing to say; spec 2.2.</summary>
    public void AddHeader(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            http.Response.Headers[name] = HeaderText.OneLine(value);
    }

    public Task AnswerAsync(Answer<Accepted> answer) => answer.IsRefused(out var refusal, out _) ? RefuseAsync(refusal) : AcceptAsync();

    /// <summary>What every accepted post gets; spec: ENV-054.</summary>
    public Task AcceptAsync() => AnswerAsync(StatusCodes.Status202Accepted, "application/json", "{\"status\":\"OK\"}\n"u8.ToArray());

    public Task RefuseAsync(Refusal refusal) => AnswerAsync(ApiRefusal.StatusOf(refusal), "application/json", ApiRefusal.Render(refusal));

    /// <summary>An answer that is only a status.</summary>
    public Task AnswerAsync(int status) => AnswerAsync(status, null, ReadOnlyMemory<byte>.Empty);

    public async Task AnswerAsync(int status, string? contentType, ReadOnlyMemory<byte> body)
    {
        if (!await Body.DiscardAsync())
            http.Response.Headers.Connection = "close";
        http.Response.StatusCode = status;
        http.Response.ContentLength = body.Length;
        AddHeader("Content-Type", contentType);
        if (!body.IsEmpty)
            await http.Response.BodyWriter.WriteAsync(body);
    }

    /// <summary>Ends the connection: there is nobody to answer. Not by way of Kestrel, which would log each client that hangs up.</summary>
    public void Abort() => connection.Abort();

    private static string? Text(Microsoft.Extensions.Primitives.StringValues values) =>
        values is [{ Length: > 0 } first, ..] ? first : null;
}
