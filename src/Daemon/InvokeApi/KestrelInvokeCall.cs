using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.ServiceApi;

namespace Thaw.Daemon.InvokeApi;

/// <summary>A call of Invoke that comes through Kestrel.</summary>
internal sealed class KestrelInvokeCall(HttpContext http, InvokeOperation operation, string function) : InvokeCall
{
    public HttpContext Http => http;

    public override InvokeOperation Operation => operation;

    public override string Function => function;

    public override string? Qualifier => InvokeTarget.AskedBy(http.Request.Query);

    public override RequestId RequestId => new(http.TraceIdentifier);

    public override long? AnnouncedBytes => http.Request.ContentLength;

    public override string? Header(string name) => InvokeHeaders.Value(http.Request.Headers, name);

    public override ValueTask<(ReadOnlyMemory<byte> Event, LambdaError? Error)> ReadEventAsync(InvocationType type, int maxBytes) =>
        EventBody.ReadAsync(http.Request, type, maxBytes);

    public override void AddHeader(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            http.Response.Headers[name] = value;
    }

    public override async Task AnswerAsync(int status, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status204NoContent)
            return;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        if (!body.IsEmpty)
            await http.Response.BodyWriter.WriteAsync(body);
    }
}
