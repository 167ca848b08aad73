using Thaw.Contracts;
using Thaw.EnvironmentApis;
using Thaw.EnvironmentApis.CredentialsApi;
using Thaw.Environments.Functions;
using Thaw.Environments.Logs;
using Thaw.Environments.Processes;
using Thaw.Lifecycle;
using Thaw.Sandboxing;
using Thaw.Telemetry.Subscriptions;

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
    private readonly TelemetryHub telemetry;
    private readonly EventOrder events;
    private readonly Freezing freezing;
    private readonly TimeProvider time;

    private ExecutionEnvironment(
        Sandbox sandbox,
        EnvironmentEndpoint endpoint,
        EnvironmentLifecycle lifecycle,
        TelemetryHub telemetry,
        EventOrder events,
        Freezing freezing,
        TimeProvider time)
    {
        (this.sandbox, this.endpoint, this.lifecycle) = (sandbox, endpoint, lifecycle);
        (this.telemetry, this.events, this.freezing, this.time) = (telemetry, events, freezing, time);
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
        EnvironmentWorld world)
    {
        EnvironmentEndpoint? endpoint = null;
        var sandbox = home.Sandbox;
        var (files, runtime) = (home.Paths.Of(plan.Files), home.Paths.Of(plan.Runtime));
        ProcessOutputs? outputs = null;
        var telemetry = new TelemetryHub(
            events, identity, new Deliveries(sandbox.ConnectAsync).To, world.Time, world.TelemetryMemory);
        var order = new EventOrder(telemetry, () => FlushAsync(sandbox, outputs!));
        outputs = new ProcessOutputs(order, world.Time);
        var credentials = Credentials.Synthetic(world.Random);
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
            outputs,
            () => endpoint!.AbortConnectionsAsync(),
            plan.Image);
        var keys = plan.InitializationType == InitializationType.SnapStart
            ? new LentKeys(credentials.KeysToken, () => TemporaryKeys.Synthetic(world.Random), world.Time)
            : null;
        var settings = new LifecycleSettings { Function = plan.Function, InitializationType = plan.InitializationType };
        var lifecycle = new EnvironmentLifecycle(settings, processes, order, world.Time, world.NewId);
        endpoint = apis.Serve(sandbox.ApiListener, new EnvironmentDescriptor
        {
            Lifecycle = lifecycle,
            Function = plan.Function,
            Keys = keys,
            MetadataToken = credentials.MetadataToken,
            LambdaApi = callsLambda ? world.LambdaApi : null,
            HasExtensions = !plan.Files.ExtensionsAreDisabled,
            ApiPort = sandbox.ApiEndPoint.Port,
        });
        var freezing = new Freezing(sandbox, world.Time)
        {
            Settled = order.SettledAsync,
            Frozen = () => events.Emit(new EnvironmentFrozen { Time = world.Time.GetUtcNow() }),
            CannotFreeze = reason => world.Notice($"{plan.Function.Name} is not frozen between its invocations: {reason}"),
            CannotThaw = lifecycle.Interrupt,
        };
        return new ExecutionEnvironment(sandbox, endpoint, lifecycle, telemetry, order, freezing, world.Time);
    }

    public async Task<PhaseOutcome> GetReadyAsync()
    {
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

    /// <summary>Restore, in the processes of Init: nothing was snapshotted.</summary>
    public async Task<PhaseOutcome> RestoreAsync()
    {
        await freezing.AwakeAsync();
        try
        {
            endpoint.Environment.Keys?.Renew();
            return await lifecycle.RestoreAsync();
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
            await events.SettledAsync();
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

    /// <summary>Shutdown: the processes get their time to end. Call it when no phase runs.</summary>
    public async Task ShutdownAsync(ShutdownReason reason)
    {
        await freezing.EndAsync();
        await lifecycle.ShutdownAsync(reason);
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
            events.Emit(new EnvironmentEnded { Time = time.GetUtcNow() });
            await events.SettledAsync();
            await telemetry.DisposeAsync();
        }
    }

    // A line that its invocation leaves without an end is as long as it is.
    private static async Task FlushAsync(Sandbox sandbox, ProcessOutputs outputs)
    {
        try
        {
            await sandbox.FlushOutputAsync().ConfigureAwait(false);
        }
        catch (SandboxException)
        {
            // Broken or gone: whatever it wrote has come already.
        }

        outputs.Flush();
    }

    private async Task InterruptWhenBroken()
    {
        await sandbox.Broken;
        lifecycle.Interrupt("The sandbox broke");
    }
}
