using System.Globalization;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Environments;
using Thaw.Environments.Snapshots;

namespace Thaw.Daemon.Runs;

/// <summary>
/// Shows what a snapshot gains: the same function started as ever, snapshotted, and restored as often as it is to be invoked. Each is an
/// environment of its own, one after the other.
/// <code>
///   cold start   Init, Invoke, Shutdown
///   snapshot     Init, snapshot, Shutdown
///   restore 1    Restore, Invoke, Shutdown
///   restore 2    ...
/// </code>
/// </summary>
internal sealed class SnapshotRun(RunRequest request, IRunObserver observer, SandboxedEnvironments environments, TimeProvider time)
{
    private readonly RunInvocations invocations = new(request, observer);

    /// <summary>False when no snapshots can be taken here; nothing has run then.</summary>
    /// <exception cref="UnusableFunctionException">None can be taken of this function.</exception>
    public async Task<bool> TryRunAsync(EnvironmentPlan plan, CancellationToken stop)
    {
        if (await environments.Snapshots.WhyNotAsync(plan) is { } reason)
        {
            observer.Notice($"no snapshot is taken, Restore goes on in the processes of Init: {reason}");
            return false;
        }

        observer.Begins("cold start");
        await LiveAsync(plan with { InitializationType = InitializationType.OnDemand }, stop);
        if (!stop.IsCancellationRequested)
            await TakeAsync(plan);
        for (var count = 1; count <= request.Repeat && !stop.IsCancellationRequested; count++)
        {
            observer.Begins(string.Create(CultureInfo.InvariantCulture, $"restore {count}"));
            await LiveAsync(plan, stop);
        }

        return true;
    }

    private async Task TakeAsync(EnvironmentPlan plan)
    {
        observer.Begins("snapshot");
        var began = time.GetTimestamp();
        try
        {
            await environments.Snapshots.TakeAsync(plan);
        }
        catch (Exception failure) when (failure is SnapshotFailedException or SnapshotImpossibleException)
        {
            throw new UnusableFunctionException(failure.Message);
        }

        const double Megabyte = 1024 * 1024;
        var (size, took) = (environments.Snapshots.Bytes / Megabyte, time.GetElapsedTime(began).TotalMilliseconds);
        observer.Notice(string.Create(
            CultureInfo.InvariantCulture, $"the snapshot has {size:0.0} MB; with Init it took {took:0} ms"));
    }

    private async Task LiveAsync(EnvironmentPlan plan, CancellationToken stop)
    {
        await using var environment = await environments.CreateAsync(plan);
        await using var interruption = stop.Register(() => environment.Interrupt("The run was interrupted"));
        var ready = await environment.GetReadyAsync();
        if (ready.IsSuccess || plan.InitializationType == InitializationType.OnDemand)
            await invocations.InvokeAsync(environment, plan.Function);
        else
            invocations.Refuse(environment, ready, plan.InitializationType);
        await environment.ShutdownAsync(ShutdownReason.Spindown);
    }
}
