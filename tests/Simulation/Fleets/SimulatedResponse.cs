using System.Text;
using Thaw.Lifecycle;

namespace Thaw.SimulationTests.Fleets;

/// <summary>What one caller receives, fast or slowly, until it has enough and leaves.</summary>
internal sealed class SimulatedResponse(FleetWorld fleet, Call call, bool isSlow) : IInvocationResponse
{
    private readonly TaskCompletionSource answered = new();
    private readonly CancellationTokenSource gone = new();
    private readonly StringBuilder body = new();

    /// <summary>Completes with the first end of the answer; what comes later is dropped.</summary>
    public Task Answered => answered.Task;

    /// <summary>The whole answer, or null.</summary>
    public string? Body { get; private set; }

    public InvocationError? Error { get; private set; }

    /// <summary>The caller hangs up: from here on, writes return at once.</summary>
    public void Leave() => gone.Cancel();

    public void Begin(string? contentType)
    {
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        // The bytes are lent.
        if (!answered.Task.IsCompleted)
            body.Append(Encoding.UTF8.GetString(bytes.Span));
        if (!isSlow || gone.IsCancellationRequested)
            return;
        try
        {
            await fleet.World.Pause(2_000, gone.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody is there to be slow any more.
        }
    }

    public void Complete()
    {
        if (answered.Task.IsCompleted)
            return;
        Body = body.ToString();
        End($"answered {Body}");
    }

    public void Fail(InvocationError error)
    {
        if (answered.Task.IsCompleted)
            return;
        Error = error;
        End($"failed {error.ErrorType}");
    }

    private void End(string how)
    {
        fleet.World.Note($"{call} {how}");
        fleet.Ledger.Answered(call);
        answered.SetResult();
    }
}
