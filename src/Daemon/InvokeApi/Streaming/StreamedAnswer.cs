using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Thaw.Environments;
using Thaw.Lifecycle;

namespace Thaw.Daemon.InvokeApi.Streaming;

/// <summary>
/// An answer that its caller receives while it is written; spec (service) 11. Each part goes out at once and by itself.
///
///   200 | PayloadChunk | PayloadChunk | ... | InvokeComplete
/// </summary>
#pragma warning disable CA1001 // A semaphore that only tasks wait for holds nothing, and a late part may still come for it.
internal sealed class StreamedAnswer(HttpResponse response) : IInvocationResponse
#pragma warning restore CA1001
{
    /// <summary>Of one frame's payload: a caller need not hold more to read it.</summary>
    private const int MaxPart = 64 * 1024;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SemaphoreSlim oneAtATime = new(1);
    private readonly TaskCompletionSource<InvocationError?> ended = new();

    /// <summary>Completes when the function has answered, with null, or failed. Never faults.</summary>
    public Task<InvocationError?> Ended => ended.Task;

    public void Begin(string? contentType)
    {
        // What the parts are is told once, by the frames.
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await oneAtATime.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            for (; !bytes.IsEmpty && !ended.Task.IsCompleted; bytes = bytes[Math.Min(MaxPart, bytes.Length)..])
            {
                EventStreamFrame.PayloadChunk.Write(response.BodyWriter, bytes.Span[..Math.Min(MaxPart, bytes.Length)]);
                await response.BodyWriter.FlushAsync(stop).ConfigureAwait(false);
            }
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Complete() => ended.TrySetResult(null);

    public void Fail(InvocationError error) => ended.TrySetResult(error);

    /// <summary>Sends the end. A stream without one would look complete to its caller.</summary>
    public async Task CompleteAsync(InvocationError? error, string? logTail)
    {
        var end = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(end, Writing))
        {
            json.WriteStartObject();
            if (error is not null)
            {
                json.WriteString("ErrorCode", InvocationResult.Unhandled);
                json.WriteString("ErrorDetails", error.Body.Span);
            }

            if (logTail is not null)
                json.WriteString("LogResult", logTail);
            json.WriteEndObject();
        }

        // A part may be on its way still: a failure does not wait for it.
        await oneAtATime.WaitAsync();
        try
        {
            EventStreamFrame.InvokeComplete.Write(response.BodyWriter, end.WrittenSpan);
            await response.BodyWriter.FlushAsync();
        }
        finally
        {
            oneAtATime.Release();
        }
    }
}
