using Thaw.Contracts;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle.Calls;

/// <summary>A response or an error that is being posted: the API reads the body, the lifecycle decides whether it still counts.</summary>
public sealed class PostedAnswer
{
    private readonly RunningInvocation running;
    private readonly SerialScheduler scheduler;

    internal PostedAnswer(RunningInvocation running, SerialScheduler scheduler) => (this.running, this.scheduler) = (running, scheduler);

    /// <summary>Which invocation this answers.</summary>
    public Invocation Invocation => running.Invocation;

    /// <summary>A buffered response, read to its end.</summary>
    /// <param name="accept">
    /// Tells whoever posted it, unless it is refused. Ahead of the caller: one who comes back at once finds an environment that is ready.
    /// </param>
    public async ValueTask<Answer<Accepted>> RespondAsync(string? contentType, ReadOnlyMemory<byte> body, Func<Task>? accept = null)
    {
        if (await EndAsync(body.Length) is { } refusal)
            return refusal;
        var accepting = Task.CompletedTask;
        try
        {
            accepting = accept?.Invoke() ?? accepting;
        }
        finally
        {
            // Nobody's answer waits for a process that is slow to read ours.
            if (Invocation.Response.TakesWhole)
                Invocation.Response.Take(contentType, body);
            else
                await WriteAsync(contentType, body);
        }

        await accepting;
        return Accepted.Ok;
    }

    /// <summary>A handler's error, or a response that failed on its way: too large, truncated.</summary>
    public async Task<Answer<Accepted>> FailAsync(InvocationError error)
    {
        if (await EndAsync(error.Body.Length, error.ErrorType) is { } refusal)
            return refusal;
        Invocation.Response.Fail(error);
        return Accepted.Ok;
    }

    /// <summary>The first bytes of a streamed response are about to come; pass them to the invocation's response as they do.</summary>
    public void BeginStream(string? contentType) => Invocation.Response.Begin(contentType);

    /// <summary>A streamed response has ended, whole or with the error of its trailers.</summary>
    public async Task<Answer<Accepted>> EndStreamAsync(long producedBytes, InvocationError? error)
    {
        if (await EndAsync(producedBytes, error?.ErrorType) is { } refusal)
            return refusal;
        if (error is null)
            Invocation.Response.Complete();
        else
            Invocation.Response.Fail(error);
        return Accepted.Ok;
    }

    private async Task WriteAsync(string? contentType, ReadOnlyMemory<byte> body)
    {
        Invocation.Response.Begin(contentType);
        await Invocation.Response.WriteAsync(body, CancellationToken.None);
        Invocation.Response.Complete();
    }

    private ValueTask<Refusal?> EndAsync(long producedBytes, ErrorType? functionError = null) =>
        scheduler.EnterAsync(() => running.End(producedBytes, functionError));
}
