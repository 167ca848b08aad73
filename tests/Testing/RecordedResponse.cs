using System.Text;
using Thaw.Lifecycle;

namespace Thaw.Testing;

/// <summary>What a caller received: bytes, and how it ended.</summary>
public sealed class RecordedResponse : IInvocationResponse
{
    private readonly MemoryStream body = new();

    public string? ContentType { get; private set; }

    public bool HasBegun { get; private set; }

    public bool IsComplete { get; private set; }

    public InvocationError? Error { get; private set; }

    public string Body => Encoding.UTF8.GetString(body.ToArray());

    /// <summary>The body of the error that the caller got, or null.</summary>
    public string? ErrorBody => Error is { } error ? Encoding.UTF8.GetString(error.Body.Span) : null;

    private bool Ended => IsComplete || Error is not null;

    public void Begin(string? contentType)
    {
        if (!Ended)
            (HasBegun, ContentType) = (true, contentType);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        if (!Ended)
            body.Write(bytes.Span);
        return ValueTask.CompletedTask;
    }

    public void Complete() => IsComplete = !Ended || IsComplete;

    public void Fail(InvocationError error)
    {
        if (!Ended)
            Error = error;
    }
}
