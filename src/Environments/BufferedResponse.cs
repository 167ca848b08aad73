using System.Buffers;
using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.Environments;

/// <summary>Collects a response for a caller that wants it as a whole. A streamed one is held to the buffered limit; spec 9.</summary>
public sealed class BufferedResponse : IInvocationResponse
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<InvocationResult> result = new();    // Plain: the caller's answer leaves on this very thread.
    private readonly ArrayBufferWriter<byte> body = new();
    private string contentType = "application/json";

    /// <summary>Completes when the function has answered or failed. Never faults.</summary>
    public Task<InvocationResult> Result => result.Task;

    public void Begin(string? contentType) => this.contentType = contentType ?? this.contentType;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        bool fits;
        lock (gate)
        {
            fits = body.WrittenCount + bytes.Length <= Limits.BufferedPayloadBytes;
            if (fits && !result.Task.IsCompleted)
                body.Write(bytes.Span);
        }

        if (!fits)
            Fail(GeneratedError.ResponseTooLarge);
        return ValueTask.CompletedTask;
    }

    public void Complete()
    {
        InvocationResult whole;
        lock (gate)
            whole = new InvocationResult(body.WrittenMemory, contentType, null);
        result.TrySetResult(whole);
    }

    public void Fail(InvocationError error) => result.TrySetResult(new InvocationResult(error.Body, error.ContentType, error.ErrorType));
}
