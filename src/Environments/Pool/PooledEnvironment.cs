using Thaw.Contracts;

namespace Thaw.Environments.Pool;

/// <summary>An environment as the pool sees it: whose it is, how busy, how old, and what memory is set aside for it.</summary>
internal sealed class PooledEnvironment(Fleet fleet, EnvironmentPlan plan, long bornAt)
{
    private readonly TaskCompletionSource vacated = new();
    private IEnvironment? environment;

    /// <summary>Not before it is made.</summary>
    public IEnvironment Environment
    {
        get => environment!;
        init => environment = value;
    }

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

    /// <summary>Completes when all of the function's have left it, and it needs no memory any more. Never fails.</summary>
    public Task Vacated => vacated.Task;

    /// <summary>Makes it ahead of any caller, unless it is retired meanwhile. False: it is of no use, or not even there.</summary>
    public async Task<bool> TryMakeAsync(IEnvironmentFactory factory)
    {
        try
        {
            var made = await factory.CreateAsync(plan);
            if (IsRetired)
            {
                await made.DisposeAsync();
                return false;
            }

            environment = made;
            return (await made.GetReadyAsync()).IsSuccess;
        }
#pragma warning disable CA1031 // Nobody waits for this one who could be told; another is tried later.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    /// <summary>Shutdown. All have left then, or it takes destruction.</summary>
    public async Task<bool> ShutdownAsync()
    {
        try
        {
            if (environment is null || await environment.ShutdownAsync(ShutdownReason.Spindown))
                vacated.SetResult();
        }
#pragma warning disable CA1031 // Whatever it was, destruction comes next, and others wait for that.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Something in it cannot be killed so.
        }

        return vacated.Task.IsCompleted;
    }

    /// <summary>Takes far longer than Shutdown.</summary>
    public async Task DestroyAsync()
    {
        try
        {
            await (environment?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
#pragma warning disable CA1031 // Whatever it was, its memory and its place have to be given back.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Something in it cannot be killed yet. The sandbox keeps trying, and nobody can do more.
        }
        finally
        {
            vacated.TrySetResult();
        }
    }
}
