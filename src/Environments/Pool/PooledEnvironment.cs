using Thaw.Contracts;
using Thaw.Sandboxing;

namespace Thaw.Environments.Pool;

/// <summary>An environment as the pool sees it: whose it is, how busy, how old, and what memory is set aside for it.</summary>
internal sealed class PooledEnvironment(IEnvironment environment, Fleet fleet, EnvironmentPlan plan, long bornAt)
{
    private readonly TaskCompletionSource gone = new();

    public IEnvironment Environment => environment;

    public Fleet Fleet => fleet;

    public EnvironmentPlan Plan => plan;

    /// <summary>A timestamp of the pool's clock.</summary>
    public long BornAt => bornAt;

    /// <summary>Since when nothing runs in it, as a timestamp of the pool's clock.</summary>
    public long IdleSince { get; set; }

    /// <summary>Slots that are leased.</summary>
    public int Busy { get; set; }

    /// <summary>Gets no further work.</summary>
    public bool IsRetired { get; set; }

    /// <summary>In bytes; zero once somebody else has been given it.</summary>
    public long SetAside { get; set; }

    /// <summary>Completes when nothing of it is left. Never fails.</summary>
    public Task Gone => gone.Task;

    /// <summary>Shutdown, then destruction.</summary>
    public async Task EndAsync()
    {
        try
        {
            await using (environment)
                await environment.ShutdownAsync(ShutdownReason.Spindown);
        }
        catch (SandboxException)
        {
            // Something in it cannot be killed yet. The sandbox keeps trying, and nobody can do more.
        }
        finally
        {
            gone.SetResult();
        }
    }
}
