using System.Buffers;
using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.Environments;

/// <summary>Collects a response for a caller that wants it as a whole. A streamed one is held to the buffered limit; spec 9.</summary>
public sealed class BufferedResponse : IInvocationResponse
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<InvocationResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> body = new();
    private string contentType = "application/json";

    /// <summary>Completes when the function has answered or failed. Never faults.</summary>
    public Task<InvocationResult> Result => result.Task;

    public void Begin(string? contentType) => this.contentType = contentType ?? this.contentType;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        lock (gate)
        {
            if (body.WrittenCount + bytes.Length > Limits.BufferedPayloadBytes)
                Fail(GeneratedError.ResponseTooLarge);
            else if (!result.Task.IsCompleted)
                body.Write(bytes.Span);
        }

        return ValueTask.CompletedTask;
    }

    public void Complete()
    {
        lock (gate)
            result.TrySetResult(new InvocationResult(body.WrittenMemory, contentType, null));
    }

    public void Fail(InvocationError error) => result.TrySetResult(new InvocationResult(error.Body, error.ContentType, error.ErrorType));
}
