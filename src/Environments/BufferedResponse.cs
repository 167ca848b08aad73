using Thaw.Contracts;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Lifecycle;

namespace Thaw.Environments;

/// <summary>Collects a response for a caller that wants it as a whole. A streamed one is held to the buffered limit; spec 9.</summary>
public sealed class BufferedResponse : IInvocationResponse
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<InvocationResult> result = new();    // Plain: the caller's answer leaves on this very thread.
    private WholePayload? parts;    // Of an answer that comes in several.
    private string contentType = "application/json";

    /// <summary>Completes when the function has answered or failed. Never faults.</summary>
    public Task<InvocationResult> Result => result.Task;

    public void Begin(string? contentType) => this.contentType = contentType ?? this.contentType;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        bool fits;
        lock (gate)
        {
            parts ??= new WholePayload(announced: 0);
            fits = parts.Length + bytes.Length <= Limits.BufferedPayloadBytes;
            if (fits && !result.Task.IsCompleted)
                parts.Append(bytes.Span);
        }

        if (!fits)
            Fail(GeneratedError.ResponseTooLarge);
        return ValueTask.CompletedTask;
    }

    public void Complete()
    {
        InvocationResult whole;
        lock (gate)
            whole = new InvocationResult(parts?.Memory ?? default, contentType, null);
        result.TrySetResult(whole);
    }

    public bool TakesWhole => true;

    public void Take(string? contentType, ReadOnlyMemory<byte> whole)
    {
        Begin(contentType);
        if (whole.Length > Limits.BufferedPayloadBytes)
            Fail(GeneratedError.ResponseTooLarge);
        else
            result.TrySetResult(new InvocationResult(whole, this.contentType, null));
    }

    public void Fail(InvocationError error) => result.TrySetResult(new InvocationResult(error.Body, error.ContentType, error.ErrorType));
}
