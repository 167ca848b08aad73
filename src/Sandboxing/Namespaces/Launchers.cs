using Thaw.Linux;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Networks;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// A few launchers of native agents that wait, each in a group of its own where there are groups, and in a network with a way out where
/// there are such: processes that have made no other namespace yet, and know of no sandbox. What is taken is made up for after a rest. May
/// be used by many at a time. Disposal ends all that nobody has taken.
/// </summary>
public sealed class Launchers : IAsyncDisposable
{
    /// <summary>Who took one is not to share the processor with its successor's start.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly AgentProgram agent;
    private readonly int count;
    private readonly Func<EnvironmentGroup>? newGroup;
    private readonly NatNetwork? nat;
    private readonly Lock gate = new();
    private readonly Stack<Launcher> ready = [];
    private readonly ITimer timer;
    private bool isDisposed;

    /// <param name="agent">What all of them are. There are none where it is not native.</param>
    /// <param name="count">How many wait.</param>
    /// <param name="newGroup">Makes the group of a sandbox, before anybody needs it; null where there are none.</param>
    /// <param name="nat">Gives ways out; null where there are none.</param>
    /// <param name="time">Tells when to start the next.</param>
    public Launchers(AgentProgram agent, int count, Func<EnvironmentGroup>? newGroup, NatNetwork? nat, TimeProvider time)
    {
        (this.agent, this.count, this.newGroup, this.nat) = (agent, agent.IsNative ? count : 0, newGroup, nat);
        timer = time.CreateTimer(_ => FillIfPossible(), null, Rest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts what is missing, now. Blocks for some milliseconds for each.</summary>
    /// <exception cref="SandboxException">It cannot be had, here and now.</exception>
    public void Fill()
    {
        while (IsMissing())
        {
            var group = NewGroup();
            Launcher? launcher = null;
            try
            {
                launcher = nat is null ? Launcher.Start(agent) : Launcher.Start(agent, nat);
                if (group is not null)
                    launcher.Join(group);
            }
            catch
            {
                _ = launcher?.EndAsync() ?? group?.RemoveAsync(Launcher.Patience);
                throw;
            }

            if (!TryKeep(launcher))
                _ = launcher.EndAsync();
        }
    }

    /// <summary>For a sandbox that finds no launcher here; null where there are no groups.</summary>
    /// <exception cref="SandboxException">The kernel does not make it.</exception>
    internal EnvironmentGroup? NewGroup() => newGroup?.Invoke();

    /// <summary>Null when none waits.</summary>
    /// <param name="sharesNetwork">Its child is to be in the machine's network.</param>
    internal Launcher? Take(bool sharesNetwork)
    {
        if (sharesNetwork && nat is not null)
            return null;
        while (Pop() is { } launcher)
        {
            if (launcher.IsAlive)
                return launcher;

            // Somebody has killed it, as those who look for memory do.
            _ = launcher.EndAsync();
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        Launcher[] last;
        lock (gate)
        {
            isDisposed = true;
            last = [.. ready];
            ready.Clear();
        }

        await Task.WhenAll(last.Select(launcher => launcher.EndAsync()));
    }

    private Launcher? Pop()
    {
        lock (gate)
        {
            if (isDisposed || count == 0)
                return null;
            timer.Change(Rest, Timeout.InfiniteTimeSpan);
            return ready.TryPop(out var launcher) ? launcher : null;
        }
    }

    // Whoever needs one will hear of it.
    private void FillIfPossible()
    {
        try
        {
            Fill();
        }
        catch (Exception failure) when (failure is SandboxException or LinuxException or IOException or UnauthorizedAccessException)
        {
            timer.Change(RetryAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private bool IsMissing()
    {
        lock (gate)
            return !isDisposed && ready.Count < count;
    }

    private bool TryKeep(Launcher launcher)
    {
        lock (gate)
        {
            if (isDisposed || ready.Count >= count)
                return false;
            ready.Push(launcher);
            return true;
        }
    }
}
