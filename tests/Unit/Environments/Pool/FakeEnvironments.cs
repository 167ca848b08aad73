using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;
using Thaw.Lifecycle;
using Thaw.Sandboxing;

namespace Thaw.UnitTests.Environments.Pool;

/// <summary>Environments that do nothing by themselves: the test ends their phases by hand.</summary>
internal sealed class FakeEnvironments : IEnvironmentFactory
{
    public List<FakeEnvironment> Made { get; } = [];

    /// <summary>Why none can be made, while that is so.</summary>
    public string? Refusal { get; set; }

    public static EnvironmentPlan Plan(string function = "f", int memory = 128, long revision = 1) => new()
    {
        Function = new FunctionConfiguration { Name = function, Handler = "h", Runtime = "provided.al2023", MemoryMegabytes = memory },
        Files = new FunctionFiles("/var/task", "/opt"),
        Runtime = new RuntimeCommand(null, [], "", "", null, _ => []),
        Revision = revision,
    };

    public Task<IEnvironment> CreateAsync(EnvironmentPlan plan)
    {
        if (Refusal is { } reason)
            throw new SandboxException(reason);
        Made.Add(new FakeEnvironment(plan));
        return Task.FromResult<IEnvironment>(Made[^1]);
    }
}

internal sealed class FakeEnvironment(EnvironmentPlan plan) : IEnvironment
{
    private readonly TaskCompletionSource<PhaseOutcome> init = new();
    private readonly TaskCompletionSource<bool> shutdown = new();
    private readonly TaskCompletionSource destruction = new();

    public EnvironmentPlan Plan => plan;

    public bool IsBroken { get; set; }

    public bool IsReady => init.Task.IsCompleted;

    /// <summary>Shutdown has begun.</summary>
    public bool IsEnding { get; private set; }

    public List<(Invocation Invocation, TaskCompletionSource<PhaseOutcome> Outcome)> Invokes { get; } = [];

    public Task<PhaseOutcome> GetReadyAsync() => init.Task;

    public Task<PhaseOutcome> InvokeAsync(Invocation invocation)
    {
        Invokes.Add((invocation, new()));
        return Invokes[^1].Outcome.Task;
    }

    public Task<bool> ShutdownAsync(ShutdownReason reason)
    {
        Assert.False(IsEnding, "it ends twice");
        IsEnding = true;
        return shutdown.Task;
    }

    /// <summary>Its sandbox is being taken down.</summary>
    public bool IsBeingDestroyed { get; private set; }

    public ValueTask DisposeAsync()
    {
        IsBeingDestroyed = true;
        return new(destruction.Task);
    }

    public void EndInit() => init.SetResult(PhaseOutcome.Success);

    public void FailInit() => init.SetResult(new PhaseOutcome.Failed(ErrorType.SandboxFailure, "as asked"));

    public void LoseSandbox() => init.SetException(new SandboxException("lost"));

    /// <summary>Of all processes, and then of what they were in.</summary>
    public void EndShutdown()
    {
        LeaveOnly();
        EndDestruction();
    }

    /// <summary>All processes are gone, if so it is; their sandbox stays.</summary>
    public void LeaveOnly(bool allGone = true) => shutdown.SetResult(allGone);

    /// <summary>Nobody expects that.</summary>
    public void BreakShutdown() => shutdown.SetException(new IOException("no such thing"));

    public void EndDestruction() => destruction.SetResult();
}
