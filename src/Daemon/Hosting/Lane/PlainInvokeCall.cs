using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi;
using Thaw.EnvironmentApis.Lane;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.Daemon.Hosting.Lane;

/// <summary>A call of Invoke that comes through the callers' lane. A connection needs one in its life.</summary>
internal sealed class PlainInvokeCall(PlainOutput output, Func<Guid> newId) : InvokeCall
{
    private readonly List<(string Name, string Line)> headers = [];
    private PlainInvoke request;
    private ReadOnlyMemory<byte> received;
    private LongBody? longBody;
    private RequestId id;

    public override string Function => request.NameIn(received.Span);

    public override string? Qualifier => request.QualifierIn(received.Span);

    public override RequestId RequestId => id;

    public override long? AnnouncedBytes => request.BodyBytes;

    /// <summary>An answer has begun to go out.</summary>
    public bool HasAnswered { get; private set; }

    private ReadOnlySpan<byte> Head => received.Span[..request.HeadBytes];

    private ReadOnlySpan<byte> Body => received.Span[request.HeadBytes..];

    /// <param name="received">The whole request, or its head; nobody changes it before the answer.</param>
    /// <param name="longBody">The body, if it is not received yet.</param>
    public void Begin(PlainInvoke request, ReadOnlyMemory<byte> received, LongBody? longBody)
    {
        (this.request, this.received, this.longBody, HasAnswered) = (request, received, longBody, false);
        id = new RequestId(newId().ToString());
        headers.Clear();
        AddHeader("x-amzn-RequestId", id.Value);
    }

    public override string? Header(string name) => request.HasWishes ? PlainHeaders.Find(Head, name) : null;

    // A copy: the event outlives its request, and the next one comes to the same place. One that is queued takes no more than it needs.
    public override ValueTask<(ReadOnlyMemory<byte> Event, LambdaError? Error)> ReadEventAsync(InvocationType type, int maxBytes) =>
        longBody is not null
            ? ReadLongEventAsync(longBody, type, maxBytes)
            : new(EventBody.Checked(type == InvocationType.Event ? Body.ToArray() : Payloads.Copy(Body)));

    public override void AddHeader(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            headers.Add((name, value));
    }

    public override Task AnswerAsync(int status, ReadOnlyMemory<byte> body)
    {
        var isEmpty = status == StatusCodes.Status204NoContent;
        if (!isEmpty)
            AddHeader("Content-Type", "application/json");
        return longBody is null ? SendAsync(status, body, closes: false) : BehindEventAsync(longBody, status, body);
    }

    // Many clients cannot take an answer before they have written everything.
    private async Task BehindEventAsync(LongBody longBody, int status, ReadOnlyMemory<byte> body)
    {
        await longBody.DiscardAsync();
        await SendAsync(status, body, longBody.IsTruncated);
    }

    private Task SendAsync(int status, ReadOnlyMemory<byte> body, bool closes)
    {
        HasAnswered = true;
        return output.SendAsync(status, headers, body, closes);
    }

    private async ValueTask<(ReadOnlyMemory<byte> Event, LambdaError? Error)> ReadLongEventAsync(
        LongBody body, InvocationType type, int maxBytes)
    {
        if (request.BodyBytes > maxBytes)
            return (default, LambdaError.RequestTooLarge(request.BodyBytes, maxBytes, type));
        var whole = await body.ReadAsync();
        return body.IsTruncated ? (default, LambdaError.EventBrokeOff(request.BodyBytes)) : EventBody.Checked(whole);
    }
}
