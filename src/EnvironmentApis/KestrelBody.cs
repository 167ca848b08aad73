using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Thaw.EnvironmentApis;

/// <summary>A body that Kestrel reads: of announced length or in chunks.</summary>
internal sealed class KestrelBody : RequestBody
{
    private HttpRequest request = null!;
    private SequencePosition? given;
    private bool isOver;

    protected override long? AnnouncedBytes => request.ContentLength;

    public void Begin(HttpRequest request)
    {
        this.request = request;
        (given, IsTruncated) = (null, false);
        isOver = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
    }

    public override async ValueTask<ReadOnlySequence<byte>> ReadAsync()
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
}
