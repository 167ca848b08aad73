using Thaw.Contracts;
using Thaw.EnvironmentApis;
using Thaw.EnvironmentApis.CredentialsApi;
using Thaw.Environments.Functions;
using Thaw.Environments.Processes;
using Thaw.Environments.Snapshots;
using Thaw.Lifecycle;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Environments;

/// <summary>
/// One sandboxed place where a function runs: its sandbox, the APIs served into it, and the lifecycle that leads its processes.
///
///   caller --Invocation--> lifecycle --start, signal--> sandbox: runtime, extensions
///                             ^                            |
///                             +------ APIs: next, response +
/// </summary>
public sealed class ExecutionEnvironment : IEnvironment
{
    private readonly Sandbox sandbox;
    private readonly EnvironmentEndpoint endpoint;
    private readonly EnvironmentLifecycle lifecycle;
    private readonly Outlets outlets;
    private readonly Freezing freezing;
    private readonly Credentials credentials;
    private readonly TimeProvider time;
    private IRestoredProcesses? restored;

    private ExecutionEnvironment(
        EnvironmentHome home,
        EnvironmentPlan plan,
        EnvironmentIdentity identity,
        Credentials credentials,
        Outlets outlets,
        EnvironmentApiServer apis,
        EnvironmentWorld world)
    {
        (sandbox, this.credentials, this.outlets, time) = (home.Sandbox, credentials, outlets, world.Time);
        outlets.Of(sandbox);
        var (files, runtime) = (home.Paths.Of(plan.Files), home.Paths.Of(plan.Runtime));
        var callsLambda = world.LambdaApi is not null && EnvironmentVariables.AsksForLambda(plan.Function);
        var variables = new EnvironmentVariables(
            plan.Function,
            files,
            runtime,
            plan.InitializationType,
            credentials,
            identity.LogStream,
            sandbox.ApiEndPoint.ToString(),
            callsLambda,
            plan.Image);
        var processes = new SandboxedProcesses(
            sandbox,
            plan.Files,
            files,
            runtime,
            variables,
            outlets.Outputs,
            () => endpoint!.AbortConnectionsAsync(),
            plan.Image);
        var settings = new LifecycleSettings { Function = plan.Function, InitializationType = plan.InitializationType };
        lifecycle = new EnvironmentLifecycle(settings, processes, outlets.Events, world.Time, world.NewId);
        endpoint = apis.Serve(sandbox.ApiListener, new EnvironmentDescriptor
        {
            Lifecycle = lifecycle,
            Function = plan.Function,
            Keys = plan.InitializationType == InitializationType.SnapStart
                ? new LentKeys(credentials.KeysToken, () => TemporaryKeys.Synthetic(world.Random), world.Time)
                : null,
            MetadataToken = credentials.MetadataToken,
            LambdaApi = callsLambda ? world.LambdaApi : null,
            HasExtensions = !plan.Files.ExtensionsAreDisabled,
            ApiPort = sandbox.ApiEndPoint.Port,
        });
        freezing = new Freezing(sandbox, world.Time)
        {
            Settled = outlets.Events.SettledAsync,
            Frozen = () => outlets.Observers.Emit(new EnvironmentFrozen { Time = world.Time.GetUtcNow() }),
            CannotFreeze = reason => world.Notice($"{plan.Function.Name} is not frozen between its invocations: {reason}"),
            CannotThaw = lifecycle.Interrupt,
        };
        _ = InterruptWhenBroken();
    }

    public bool IsBroken => sandbox.Broken.IsCompleted || lifecycle.HasEnded;

    /// <summary>Puts an environment into a sandbox. Nothing of the function runs yet.</summary>
    /// <param name="events">Hears of everything that happens here, until <see cref="EnvironmentEnded"/>.</param>
    public static ExecutionEnvironment In(
        EnvironmentHome home,
        EnvironmentPlan plan,
        EnvironmentIdentity identity,
        EnvironmentApiServer apis,
        ILifecycleEvents events,
        EnvironmentWorld world) =>
        new(home, plan, identity, Credentials.Synthetic(world.Random), new Outlets(events, identity, world), apis, world);

    /// <summary>An environment that a snapshot was taken of, once more. Its processes run already; Restore comes next.</summary>
    /// <param name="restore">Restores its sandbox.</param>
    /// <exception cref="SnapshotUnusableException">It is damaged, or does not fit.</exception>
    /// <exception cref="SandboxException">It could not be restored here and now.</exception>
    internal static async Task<ExecutionEnvironment> RestoredAsync(
        EnvironmentSnapshot snapshot,
        Func<Func<string, IProcessOutput>, Task<RestoredHome>> restore,
        EnvironmentPlan plan,
        EnvironmentIdentity identity,
        EnvironmentApiServer apis,
        ILifecycleEvents events,
        EnvironmentWorld world)
    {
        var outlets = new Outlets(events, identity, world);
        RestoredHome home;
        try
        {
            home = await restore(outlets.Outputs.Of);
        }
        catch
        {
            outlets.Events.Emit(new EnvironmentEnded { Time = world.Time.GetUtcNow() });
            throw;
        }

        var ((clone, paths), notes) = (home, snapshot.Notes);
        var credentials = Credentials.Synthetic(world.Random) with { MetadataToken = notes.MetadataToken, KeysToken = notes.KeysToken };
        var environment = new ExecutionEnvironment(new(clone.Sandbox, paths), plan, identity, credentials, outlets, apis, world);
        environment.restored = new RestoredProcesses(clone, notes.Parked, environment.endpoint);
        return environment;
    }

    /// <summary>Takes a snapshot of all that runs here, after a good Init. Only Shutdown may follow.</summary>
    /// <param name="folder">Absolute; nothing is there yet.</param>
    /// <param name="key">What must be the same when it is restored.</param>
    /// <exception cref="SnapshotRefusedException">It cannot be done; the message says why.</exception>
    internal async Task<SnapshotNotes> SnapshotAsync(string folder, string key, CancellationToken stop)
    {
        await freezing.AwakeAsync();
        try
        {
            // What we have opened into it ourselves would be open in all clones. They hear nothing of what happened here.
            await outlets.Events.SettledAsync();
            await outlets.Telemetry.LetGoAsync();
            var parked = await lifecycle.ParkAsync()
                ?? throw new SnapshotRefusedException("the runtime or an extension is not waiting for its next event") { IsBusy = true };
            using var taken = await sandbox.SnapshotAsync(folder, key, OutsideConnections, stop);
            return new SnapshotNotes(parked, credentials.MetadataToken, credentials.KeysToken);
        }
        finally
        {
            freezing.Rest();
        }
    }

    public async Task<PhaseOutcome> GetReadyAsync()
    {
        if (restored is not null)
            return await RestoreAsync();
        var outcome = await InitAsync();
        return outcome.IsSuccess && endpoint.Environment.IsSnapStart ? await RestoreAsync() : outcome;
    }

    /// <summary>Init, ahead of any invoke.</summary>
    public async Task<PhaseOutcome> InitAsync()
    {
        await freezing.AwakeAsync();
        try
        {
            var outcome = await lifecycle.InitAsync();

            // The sandbox keeps the highest figure it has seen: when the runtime crashes, there is nobody left to be measured.
            _ = sandbox.PeakMemoryBytes();
            return outcome;
        }
        finally
        {
            freezing.Rest();
        }
    }

    /// <summary>Restore: of what a snapshot brought back, else in the processes of Init.</summary>
    public async Task<PhaseOutcome> RestoreAsync()
    {
        await freezing.AwakeAsync();
        try
        {
            endpoint.Environment.Keys?.Renew();
            return await lifecycle.RestoreAsync(restored);
        }
        finally
        {
            freezing.Rest();
        }
    }

    /// <summary>One invocation; returns when the environment is ready for the next. The answer goes to its response, earlier.</summary>
    public async Task<PhaseOutcome> InvokeAsync(Invocation invocation)
    {
        await freezing.AwakeAsync();
        try
        {
            var outcome = await lifecycle.InvokeAsync(invocation);
            await outlets.Events.SettledAsync();
            return outcome;
        }
        finally
        {
            freezing.Rest();
        }
    }

    /// <summary>What a caller hears of an environment that did not get ready: the words of its runtime, else ours.</summary>
    public InvocationError ErrorFor(PhaseOutcome outcome, RequestId requestId) => lifecycle.ErrorFor(outcome, requestId);

    /// <summary>Makes the running phase fail at once, so that Shutdown can follow.</summary>
    public void Interrupt(string reason) => lifecycle.Interrupt(reason);

    /// <summary>
    /// Shutdown: the processes get their time to end. Call it when no phase runs. True: none of them is left, nor of their memory.
    /// </summary>
    public async Task<bool> ShutdownAsync(ShutdownReason reason)
    {
        await freezing.EndAsync();
        return await lifecycle.ShutdownAsync(reason) && !sandbox.HoldsMemory;
    }

    /// <summary>Destroys the sandbox with everything in it.</summary>
    public async ValueTask DisposeAsync()
    {
        await freezing.EndAsync();

        // The listener goes last: a parked call that suddenly ends makes clients print faults. Spec 1.8.
        try
        {
            await sandbox.DisposeAsync();
        }
        finally
        {
            await endpoint.DisposeAsync();
            outlets.Events.Emit(new EnvironmentEnded { Time = time.GetUtcNow() });
            await outlets.Events.SettledAsync();
            await outlets.Telemetry.DisposeAsync();
        }
    }

    private IReadOnlyList<OutsideConnection> OutsideConnections()
    {
        try
        {
            return [.. endpoint.ParkedConnections().Select(one => new OutsideConnection(one.Socket, one.Request))];
        }
        catch (ConnectionBusyException busy)
        {
            throw new SnapshotRefusedException(busy.Message, busy) { IsBusy = true };
        }
    }

    private async Task InterruptWhenBroken()
    {
        await sandbox.Broken;
        lifecycle.Interrupt("The sandbox broke");
    }
}
