using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Thaw.Contracts;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis;

/// <summary>The body of a request, read once, from front to end.</summary>
internal sealed class RequestBody
{
    private HttpRequest request = null!;
    private SequencePosition? given;
    private bool isOver;

    /// <summary>It broke off: fewer bytes than announced, or chunks that are none; spec 2.4.</summary>
    public bool IsTruncated { get; private set; }

    public void Begin(HttpRequest request)
    {
        this.request = request;
        (given, IsTruncated) = (null, false);
        isOver = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
    }

    /// <summary>The next bytes, as they come; they are valid until the next call. Empty at the end, be it a good or an early one.</summary>
    public async ValueTask<ReadOnlySequence<byte>> ReadAsync()
    {
        if (given is { } taken)
            request.BodyReader.AdvanceTo(taken);
        given = null;

        while (!isOver)
        {
            ReadResult read;
            try
            {
                read = await request.BodyReader.ReadAsync(CancellationToken.None);
            }
            catch (Exception broken) when (broken is IOException or OperationCanceledException)
            {
                (isOver, IsTruncated) = (true, true);
                break;
            }

            isOver = read.IsCompleted;
            if (!read.Buffer.IsEmpty)
            {
                given = read.Buffer.End;
                return read.Buffer;
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
        }

        return ReadOnlySequence<byte>.Empty;
    }

    /// <summary>The whole body, in memory that the caller may keep, or the refusal of one that is too long or breaks off.</summary>
    public async Task<Answer<ReadOnlyMemory<byte>>> ReadToEndAsync(int maxBytes)
    {
        if (request.ContentLength > maxBytes)
            return ApiRefusal.TooLarge(maxBytes);

        var whole = new WholePayload(request.ContentLength);
        for (var part = await ReadAsync(); !part.IsEmpty; part = await ReadAsync())
        {
            if (whole.Length + part.Length > maxBytes)
                return ApiRefusal.TooLarge(maxBytes);
            whole.Append(part);
        }

        return IsTruncated ? ApiRefusal.Truncated : whole.Memory;
    }

    /// <summary>Reads and forgets the rest: many clients cannot take an answer before they have written everything; spec 2.8.</summary>
    /// <returns>Whether the connection can be used again.</returns>
    public async ValueTask<bool> DiscardAsync()
    {
        var bytes = 0L;
        for (var part = await ReadAsync(); !part.IsEmpty; part = await ReadAsync())
        {
            bytes += part.Length;
            if (bytes > Limits.DiscardedBodyBytes)
                return false;
        }

        return !IsTruncated;
    }
}
