using Thaw.Linux;

namespace Thaw.Sandboxing.Agents;

/// <summary>
/// What sandboxes with an agent have in common: it starts, passes output and kills at our word over its link, and it ends when the link
/// does, with all that is below it.
/// </summary>
public abstract class AgentSandbox : Sandbox
{
    /// <summary>An agent that is asked has been woken before; it may be stopped again, after that.</summary>
    private static readonly TimeSpan WakesAgainAfter = TimeSpan.FromMilliseconds(500);

    private readonly AgentLink link;
    private readonly int child;
    private readonly MemoryVerdicts verdicts;
    private readonly TimeSpan destroyLimit;
    private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task life = Task.CompletedTask;
    private volatile bool destroying;

    /// <param name="child">Our own child, which ends when the agent does: the agent itself, or who waits for it.</param>
    private protected AgentSandbox(AgentLink link, int child, MemoryVerdicts verdicts, TimeSpan destroyLimit) =>
        (this.link, this.child, this.verdicts, this.destroyLimit) = (link, child, verdicts, destroyLimit);

    public override Task Broken => broken.Task;

    public override Task<SandboxProcess> StartAsync(ProcessStart start) => link.StartAsync(start, verdicts.Open());

    public override Task FlushOutputAsync() =>
        link.FlushOutputAsync() is { IsCompleted: false } flushing ? AnsweredAsync(flushing) : Task.CompletedTask;

    public override async Task KillAllAsync(TimeSpan limit)
    {
        verdicts.Clear();
        try
        {
            var cleared = link.KillAllAsync();
            WakeAgent();
            await cleared.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new SandboxException($"A process could not be killed within {limit.TotalMilliseconds:0} ms.");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        destroying = true;
        verdicts.Clear();
        try
        {
            link.EndSending();
            WakeAgent();
            await life.WaitAsync(destroyLimit);
        }
        catch (TimeoutException)
        {
            var limit = destroyLimit.TotalMilliseconds;
            throw new SandboxException($"A process could not be killed within {limit:0} ms. The agent keeps trying.");
        }
        finally
        {
            ApiListener.Dispose();
        }
    }

    /// <summary>To be called once, at the end of the constructor.</summary>
    private protected void Live() => life = LiveAsync();

    private protected bool HasEnded => life.IsCompleted;

    /// <summary>Sees to it that an agent that was stopped goes on.</summary>
    private protected abstract void WakeAgent();

    /// <summary>The agent is gone and reaped: gives back what the sandbox had beside it.</summary>
    /// <param name="byItself">It was not the sandbox's disposal that ended it.</param>
    private protected abstract Task ClearAsync(bool byItself);

    // Whoever waits here has no limit of his own: an environment between two invocations, and then the end of the daemon.
    private async Task AnsweredAsync(Task flushing)
    {
        while (true)
        {
            WakeAgent();
            try
            {
                await flushing.WaitAsync(WakesAgainAfter).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                // Stopped once more, or only slow.
            }
        }
    }

    /// <summary>Runs as long as the agent does, and sees to it that nothing is left when that is over.</summary>
    private async Task LiveAsync()
    {
        var problem = await link.Received;
        link.Dispose();
        await AgentGoneAsync();
        await ClearAsync(byItself: !destroying);

        var reason = destroying ? "The sandbox was destroyed." : problem?.Message ?? "The sandbox's agent died.";
        link.End(new SandboxException(reason, problem), exitOfTheRest: new(0, Syscalls.SIGKILL) { SandboxBroke = !destroying });
        if (!destroying)
            broken.TrySetResult();
    }

    /// <summary>Reaps the agent, which ends by itself once its link has ended and its processes are gone.</summary>
    private async Task AgentGoneAsync()
    {
        var pause = TimeSpan.FromMilliseconds(1);
        while (Syscalls.waitpid(child, out _, Syscalls.WNOHANG) == 0)
        {
            await Task.Delay(pause);
            pause = pause < TimeSpan.FromMilliseconds(50) ? pause * 2 : pause;
        }
    }
}
