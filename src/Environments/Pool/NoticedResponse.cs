using Thaw.Lifecycle;

namespace Thaw.Environments.Pool;

/// <summary>Passes the answer on to the caller, who then holds no place among those that run any more.</summary>
internal sealed class NoticedResponse(IInvocationResponse response, InvocationSlot slot, ConcurrencyLimiter limiter) : IInvocationResponse
{
    private int ended;

    public bool HasEnded => Volatile.Read(ref ended) == 1;

    public void Begin(string? contentType) => response.Begin(contentType);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop) => response.WriteAsync(bytes, stop);

    public void Complete()
    {
        Notice();
        response.Complete();
    }

    public bool TakesWhole => response.TakesWhole;

    public void Take(string? contentType, ReadOnlyMemory<byte> whole)
    {
        Notice();
        response.Take(contentType, whole);
    }

    public void Fail(InvocationError error)
    {
        Notice();
        response.Fail(error);
    }

    // Before the caller hears of it: a caller that comes back at once must find its place free.
    private void Notice()
    {
        if (Interlocked.Exchange(ref ended, 1) != 0)
            return;
        limiter.Leave();
        slot.Answered();
    }
}
