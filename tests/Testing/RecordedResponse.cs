using System.Text;
using Thaw.Lifecycle;

namespace Thaw.Testing;

/// <summary>What a caller received: bytes, and how it ended. Safe to write on one thread and to read on another.</summary>
public sealed class RecordedResponse : IInvocationResponse
{
    private readonly Lock one = new();
    private readonly MemoryStream body = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string? ContentType { get; private set; }

    public bool HasBegun { get; private set; }

    public bool IsComplete { get; private set; }

    public InvocationError? Error { get; private set; }

    /// <summary>Completes when the response is whole or failed.</summary>
    public Task Ended => ended.Task;

    public byte[] Bytes
    {
        get
        {
            lock (one)
                return body.ToArray();
        }
    }

    public string Body => Encoding.UTF8.GetString(Bytes);

    /// <summary>The body of the error that the caller got, or null.</summary>
    public string? ErrorBody => Error is { } error ? Encoding.UTF8.GetString(error.Body.Span) : null;

    private bool HasEnded => IsComplete || Error is not null;

    public void Begin(string? contentType)
    {
        lock (one)
        {
            if (!HasEnded)
                (HasBegun, ContentType) = (true, contentType);
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        lock (one)
        {
            if (!HasEnded)
                body.Write(bytes.Span);
        }

        return ValueTask.CompletedTask;
    }

    public void Complete()
    {
        lock (one)
            IsComplete = !HasEnded || IsComplete;
        ended.TrySetResult();
    }

    public void Fail(InvocationError error)
    {
        lock (one)
        {
            if (!HasEnded)
                Error = error;
        }

        ended.TrySetResult();
    }
}
