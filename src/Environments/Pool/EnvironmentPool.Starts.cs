using Thaw.Contracts;
using Thaw.Sandboxing;

namespace Thaw.Environments.Pool;

/// <content>How environments begin and end, outside of the lock.</content>
public sealed partial class EnvironmentPool
{
    private async Task<Lease> StartAsync(Waiter waiter)
    {
        PooledEnvironment? started = null;
        var isReady = false;
        try
        {
            // Starting blocks, here and there; the caller's thread may be one that serves sockets.
            await Task.Yield();
            foreach (var before in waiter.StartsAfter)
                await before.Vacated;
            var made = await factory.CreateAsync(waiter.Plan);
            started = new PooledEnvironment(waiter.Fleet, waiter.Plan, time.GetTimestamp())
            {
                Environment = made,
                Busy = 1,
                SetAside = waiter.SetAside,
            };
            lock (gate)
                alive.Add(started);

            // An Init that fails is tried again by the invoke, on its own time; spec 1.4.
            var outcome = await made.GetReadyAsync();
            if (!outcome.IsSuccess && waiter.Plan.InitializationType == InitializationType.SnapStart)
                return new Lease.NotRestored(outcome);
            isReady = true;
            return new Lease.Granted(new InvocationSlot(this, started));
        }
        catch (SandboxException failure)
        {
            return new Lease.Failed(failure.Message);
        }
        finally
        {
            Started(waiter, started, isReady);
        }
    }

    private void Started(Waiter waiter, PooledEnvironment? started, bool isReady)
    {
        Consequences then = default;
        lock (gate)
        {
            line.Started(ref then);
            if (!isReady)
                started?.Busy = 0; // Its sandbox was lost before anyone could use it.
            if (started is null)
                memory.Give(waiter.SetAside);
            else if (!isReady)
                RetireWhenFree(started, ref then);
            else if (started.Busy < settings.SlotsPerEnvironment)
                MakeAvailable(started);
            StartNext(ref then);
            Lend(ref then);
            Refill();
            CompleteDrain(ref then);
        }

        then.Happen(end);
    }

    private async Task StartSpareAsync(PooledEnvironment spare)
    {
        await Task.Yield();
        var isReady = await spare.TryMakeAsync(factory);
        Consequences then = default;
        lock (gate)
        {
            line.Started(ref then);
            spares.End(isReady || spare.IsRetired);
            if (!isReady || IsUnfit(spare))
                RetireWhenFree(spare, ref then);
            else if (spare.Fleet.Waiting.First is { Value: var first })
                Hand(spare, first, ref then);
            else
                MakeAvailable(spare);
            StartNext(ref then);
            Lend(ref then);
            Refill();
        }

        then.Happen(end);
    }

    private void LosePatience()
    {
        Consequences then = default;
        lock (gate)
        {
            foreach (var waiter in line.TakeImpatient())
                LineUp(waiter, ref then);
        }

        then.Happen(end);
    }

    private void RetireAged()
    {
        Consequences then = default;
        lock (gate)
        {
            foreach (var environment in idle.ToArray())
            {
                var isTooLong = time.GetElapsedTime(environment.IdleSince) >= settings.IdleLifetime && environment.Fleet.HasTooMany;
                if (isTooLong || IsUnfit(environment))
                    Retire(environment, ref then);
            }

            spares.Wake();
            Refill();
        }

        then.Happen(end);
    }

    /// <summary>
    /// Lets those start who are at it, for a while: making a sandbox and taking one down wait for the same locks in the kernel.
    /// </summary>
    private async Task CalmAsync()
    {
        Task calm;
        lock (gate)
            calm = closed is null ? line.Calm : Task.CompletedTask;
        try
        {
            await calm.WaitAsync(settings.LongestCalm, time);
        }
        catch (TimeoutException)
        {
            // There is always somebody who starts.
        }

        // Whoever was the last to start has better things to do than to destroy.
        await Task.Yield();
    }

    private async Task EndAsync(PooledEnvironment environment)
    {
        if (await environment.ShutdownAsync())
        {
            TakeBackMemory(environment);
            await CalmAsync();
            await environment.DestroyAsync();
        }
        else
        {
            await environment.DestroyAsync();
            TakeBackMemory(environment);
        }

        Consequences then = default;
        lock (gate)
        {
            alive.Remove(environment);
            CompleteDrain(ref then);
        }

        then.Happen(end);
    }

    private void TakeBackMemory(PooledEnvironment environment)
    {
        Consequences then = default;
        lock (gate)
        {
            memory.GiveBack(environment);
            Lend(ref then);
            Refill();
        }

        then.Happen(end);
    }
}
