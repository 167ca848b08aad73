using System.Buffers;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>The body of a plain request. Mostly it comes with its head; else the call has begun while it is on its way.</summary>
internal sealed class PlainBody(PlainInput input) : RequestBody
{
    private PlainRequest request;
    private bool isGiven;

    protected override long? AnnouncedBytes => request.BodyBytes;

    public void Begin(PlainRequest request)
    {
        this.request = request;
        (isGiven, IsTruncated) = (false, false);
    }

    public override async ValueTask<ReadOnlySequence<byte>> ReadAsync()
    {
        if (isGiven)
            return ReadOnlySequence<byte>.Empty;
        if (input.LongBody is { } body)
            return new(await ReadLongAsync(body));
        isGiven = true;
        IsTruncated = !await input.ReceiveWholeRequestAsync();
        return new(input.Taken[request.HeadBytes..]);
    }

    public override ValueTask<Answer<ReadOnlyMemory<byte>>> ReadToEndAsync(int maxBytes)
    {
        if (isGiven || !input.HasWholeRequest || request.BodyBytes > maxBytes)
            return base.ReadToEndAsync(maxBytes);
        if (input.LongBody is { } body)
            return ReadLongToEndAsync(body);
        isGiven = true;
        return new(Payloads.Copy(input.Taken.Span[request.HeadBytes..]));
    }

    public override ValueTask<bool> DiscardAsync() =>
        input.LongBody is { } body ? DiscardLongAsync(body) : input.HasWholeRequest ? new(true) : base.DiscardAsync();

    private async ValueTask<ReadOnlyMemory<byte>> ReadLongAsync(LongBody body)
    {
        isGiven = true;
        var whole = await body.ReadAsync();
        IsTruncated = body.IsTruncated;
        return whole;
    }

    private async ValueTask<Answer<ReadOnlyMemory<byte>>> ReadLongToEndAsync(LongBody body)
    {
        var whole = await ReadLongAsync(body);
        return IsTruncated ? ApiRefusal.Truncated : whole;
    }

    private async ValueTask<bool> DiscardLongAsync(LongBody body)
    {
        await body.DiscardAsync();
        IsTruncated = body.IsTruncated;
        return !IsTruncated;
    }
}
