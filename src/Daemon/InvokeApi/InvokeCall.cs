using Thaw.Contracts;
using Thaw.Daemon.ServiceApi;

namespace Thaw.Daemon.InvokeApi;

/// <summary>
/// One call of Invoke: what its caller said, and the ways to answer. It comes through Kestrel or through the callers' lane.
/// </summary>
internal abstract class InvokeCall
{
    /// <summary>As the path names it; a slash in it is still encoded.</summary>
    public abstract string Function { get; }

    /// <summary>As the query names it; null when it does not.</summary>
    public abstract string? Qualifier { get; }

    public virtual InvokeOperation Operation => InvokeOperation.Invoke;

    public abstract RequestId RequestId { get; }

    /// <summary>The event's length, if the caller told it, in bytes.</summary>
    public abstract long? AnnouncedBytes { get; }

    /// <summary>The first value of a header; null when it is absent or empty.</summary>
    /// <param name="name">One of Lambda's: it begins with <c>X-Amz</c>.</param>
    public abstract string? Header(string name);

    /// <summary>See <see cref="EventBody"/>.</summary>
    public abstract ValueTask<(ReadOnlyMemory<byte> Event, LambdaError? Error)> ReadEventAsync(InvocationType type, int maxBytes);

    /// <summary>Adds a header to the answer, unless it has nothing to say.</summary>
    public abstract void AddHeader(string name, string? value);

    /// <summary>Sends the answer, in JSON; an empty one has no type.</summary>
    public abstract Task AnswerAsync(int status, ReadOnlyMemory<byte> body);

    public Task RefuseAsync(LambdaError error)
    {
        foreach (var (name, value) in error.Headers)
            AddHeader(name, value);
        return AnswerAsync(error.Status, error.Body());
    }
}
