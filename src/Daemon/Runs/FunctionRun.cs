using Microsoft.Extensions.Logging.Abstractions;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.Hosting;
using Thaw.EnvironmentApis;
using Thaw.Environments;
using Thaw.Environments.Runtimes;
using Thaw.Sandboxing;

namespace Thaw.Daemon.Runs;

/// <summary>
/// Leads one function through its life in an environment of its own: Init, Restore if it is for SnapStart, Invokes, Shutdown.
/// This is what <c>thaw run</c> does.
/// </summary>
public sealed class FunctionRun(RunRequest request, IRunObserver observer, TimeProvider time, Random random)
{
    private readonly RunInvocations invocations = new(request, observer);

    /// <summary>Returns when the environment is gone.</summary>
    /// <param name="stop">Someone asks to stop: the running phase ends at once and Shutdown follows.</param>
    /// <exception cref="UnusableFunctionException">The function cannot be used as it was given.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var data = Path.GetFullPath(request.DataDirectory ?? WorkFolder.DefaultDataDirectory());
        using var work = new WorkFolder(data);
        await using var sandboxes = Sandboxes.Choose(request.Sandboxes with { Ready = 0 }, work.Path, data, time, observer.Notice);
        var function = FunctionFolder.Load(request.Function, work.Path);
        var plan = new EnvironmentPlan
        {
            Function = function.Configuration,
            Files = function.Files,
            Image = function.Image,
            Runtime = function.FindRuntime(RuntimeCatalog.OfThisMachine(request.Programs), observer.Notice),
            InitializationType = request.InitializationType,
        };
        observer.Begun(plan.Function);

        await using var apis = new EnvironmentApiServer(NullLoggerFactory.Instance, time);
        await apis.StartAsync(CancellationToken.None);
        var world = new EnvironmentWorld(time, random, Guid.NewGuid) { Notice = observer.Notice };
        await ReadyAsync(sandboxes);
        if (request.TakesSnapshot)
        {
            await using var environments = new SandboxedEnvironments(
                sandboxes, apis, (_, itself) => new RunLog(observer, itself), world, Path.Combine(work.Path, "snapshots"));
            if (await new SnapshotRun(request, observer, environments, time).TryRunAsync(plan, stop))
                return;
        }

        var identity = plan.NewIdentity(world);
        await using var environment = ExecutionEnvironment.In(
            await NewHomeAsync(sandboxes, plan), plan, identity, apis, new RunLog(observer, identity), world);
        await using var interruption = stop.Register(() => environment.Interrupt("The run was interrupted"));

        await LiveAsync(environment, plan.Function, stop);
        await environment.ShutdownAsync(ShutdownReason.Spindown);
    }

    private async Task LiveAsync(ExecutionEnvironment environment, FunctionConfiguration function, CancellationToken stop)
    {
        var ready = await environment.InitAsync();
        if (ready.IsSuccess && request.InitializationType == InitializationType.SnapStart)
            ready = await environment.RestoreAsync();

        // On demand, the first invoke tries a failed Init again; environments of the other types are given up. Spec 1.3.
        if (!ready.IsSuccess && request.InitializationType != InitializationType.OnDemand)
        {
            invocations.Refuse(environment, ready, request.InitializationType);
            return;
        }

        for (var count = 0; count < request.Repeat && !stop.IsCancellationRequested; count++)
            await invocations.InvokeAsync(environment, function);
    }

    private async Task ReadyAsync(Sandboxes sandboxes)
    {
        try
        {
            await sandboxes.ReadyAsync();
        }
        catch (SandboxException impossible) when (request.Sandboxes.Isolation == IsolationChoice.Namespaces)
        {
            throw new UnusableFunctionException(ThawDaemon.NoNamespaces(impossible));
        }
    }

    private static async Task<EnvironmentHome> NewHomeAsync(Sandboxes sandboxes, EnvironmentPlan plan)
    {
        try
        {
            return await sandboxes.CreateAsync(plan);
        }
        catch (SandboxException failure)
        {
            throw new UnusableFunctionException(failure.Message);
        }
    }
}
