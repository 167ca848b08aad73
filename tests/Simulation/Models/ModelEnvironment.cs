using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Lifecycle;

namespace Thaw.SimulationTests.Models;

/// <summary>An environment of which only the counts matter. Its phases last until they are told to end.</summary>
internal sealed class ModelEnvironment(EnvironmentPlan plan, NaivePool model) : IEnvironment
{
    private readonly TaskCompletionSource<PhaseOutcome> init = new();
    private readonly TaskCompletionSource<bool> end = new();

    public EnvironmentPlan Plan => plan;

    /// <summary>What it takes, as long as somebody is in it.</summary>
    public long Bytes => end.Task.IsCompleted ? 0 : plan.Function.MemoryMegabytes * 1024L * 1024;

    public int Busy { get; set; }

    /// <summary>It came back from an invocation that it should not have survived.</summary>
    public bool IsUnfit { get; set; }

    public bool IsBroken { get; set; }

    public bool IsReady => init.Task.IsCompleted;

    public bool IsEnding { get; private set; }

    /// <summary>It ends so that another may start: its memory is that one's.</summary>
    public bool GaveWay { get; set; }

    public bool IsIdle => IsReady && Busy == 0 && !IsEnding;

    public Task<PhaseOutcome> GetReadyAsync() => init.Task;

    public Task<PhaseOutcome> InvokeAsync(Invocation invocation) => throw new NotSupportedException();

    public Task<bool> ShutdownAsync(ShutdownReason reason)
    {
        Assert.False(IsEnding, "it ends twice");
        Assert.True(IsReady && Busy == 0, "it ends while it is at work");
        IsEnding = true;
        return end.Task;
    }

    public ValueTask DisposeAsync()
    {
        model.Gone(this);
        return ValueTask.CompletedTask;
    }

    public void EndInit() => init.SetResult(PhaseOutcome.Success);

    public void EndShutdown() => end.TrySetResult(true);
}
