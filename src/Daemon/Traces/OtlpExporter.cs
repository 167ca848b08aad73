using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;

namespace Thaw.Daemon.Traces;

/// <summary>
/// Brings spans to a collector, in batches, one request at a time. Nobody waits for it: when its queue is full, spans are dropped and
/// counted.
/// </summary>
internal sealed class OtlpExporter : IAsyncDisposable
{
    /// <summary>How long the end waits for a collector that is slow.</summary>
    private static readonly TimeSpan LastBatch = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly OtlpOptions options;
    private readonly HttpMessageInvoker http;
    private readonly TimeProvider time;
    private readonly Action<string> notice;
    private readonly Channel<TraceSpan> queue;
    private readonly CancellationTokenSource stop = new();
    private readonly Task sending;
    private long dropped;
    private bool hasComplained;

    public OtlpExporter(OtlpOptions options, HttpMessageInvoker http, TimeProvider time, Action<string> notice)
    {
        (this.options, this.http, this.time, this.notice) = (options, http, time, notice);
        queue = Channel.CreateBounded<TraceSpan>(options.MaxQueueSize);
        sending = Task.Run(SendAllAsync);
    }

    public long Dropped => Interlocked.Read(ref dropped);

    public void Add(TraceSpan span)
    {
        if (!queue.Writer.TryWrite(span))
            Interlocked.Increment(ref dropped);
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        try
        {
            await sending.WaitAsync(LastBatch);
        }
        catch (TimeoutException)
        {
            await stop.CancelAsync();
            await sending;
        }

        http.Dispose();
        stop.Dispose();
    }

    private async Task SendAllAsync()
    {
        var batch = new List<TraceSpan>(options.MaxBatchSize);
        while (await queue.Reader.WaitToReadAsync())
        {
            await FillAsync(batch);
            if (!await ExportAsync(batch))
                Interlocked.Add(ref dropped, batch.Count);
            batch.Clear();
        }
    }

    // Until it is full, its time has come, or no more will follow.
    private async Task FillAsync(List<TraceSpan> batch)
    {
        using var delay = new CancellationTokenSource(options.ScheduleDelay, time);
        try
        {
            do
            {
                while (batch.Count < options.MaxBatchSize && queue.Reader.TryRead(out var span))
                    batch.Add(span);
            }
            while (batch.Count < options.MaxBatchSize && await queue.Reader.WaitToReadAsync(delay.Token));
        }
        catch (OperationCanceledException)
        {
            // It goes as it is.
        }
    }

    private async Task<bool> ExportAsync(List<TraceSpan> batch)
    {
        var body = options.IsJson ? OtlpJson.Write(batch, options.Resource) : OtlpProtobuf.Write(batch, options.Resource);
        using var patience = new CancellationTokenSource(options.ExportTimeout, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop.Token);
        try
        {
            for (var pause = FirstPause; ; pause *= 2)
            {
                var (isDone, wanted) = await TryAsync(body, giveUp.Token);
                if (isDone is { } delivered)
                    return delivered;

                // A collector may want a pause of any length, and more than this one has nobody to wait for it.
                var wait = wanted ?? pause;
                await Task.Delay(wait < options.ExportTimeout ? wait : options.ExportTimeout, time, giveUp.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return Complain($"{options.Endpoint} takes no traces");
        }
    }

    // Null: it may be tried again, after the pause that the collector wants.
    private async Task<(bool? IsDone, TimeSpan? Pause)> TryAsync(byte[] body, CancellationToken giveUp)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(giveUp, limit.Token);
        try
        {
            var type = options.IsJson ? OtlpJson.ContentType : OtlpProtobuf.ContentType;
            using var request = new HttpRequestMessage(HttpMethod.Post, options.Endpoint) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            foreach (var (name, value) in options.Headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await http.SendAsync(request, attempt.Token);
            if (response.IsSuccessStatusCode)
            {
                hasComplained = false;
                return (true, null);
            }

            return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
                ? (null, PauseOf(response))
                : (Complain($"{options.Endpoint} refuses traces: {(int)response.StatusCode}"), null);
        }
        catch (HttpRequestException)
        {
            return (null, null);
        }
        catch (OperationCanceledException) when (!giveUp.IsCancellationRequested)
        {
            return (null, null);
        }
    }

    private TimeSpan? PauseOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };

    // Once, until it works again.
    private bool Complain(string problem)
    {
        if (!hasComplained)
            notice($"{problem}; spans are dropped");
        hasComplained = true;
        return false;
    }
}
