using Thaw.Contracts;
using Thaw.Environments.Logs;
using Thaw.Sandboxing;
using Thaw.Telemetry.Subscriptions;

namespace Thaw.Environments.Processes;

/// <summary>
/// The ways out of one environment: what its processes write, and what its lifecycle tells. They are there before the sandbox is, for the
/// processes of a clone write as soon as they are back.
/// <code>
///   processes --pipes--> Outputs --lines---+
///   lifecycle --events------------------> Events --in order--> Telemetry --+--> logs, records
///                                                                          +--> subscribers inside
/// </code>
/// </summary>
internal sealed class Outlets
{
    private readonly TaskCompletionSource<Sandbox> sandbox = new();

    public Outlets(ILifecycleEvents events, EnvironmentIdentity identity, EnvironmentWorld world)
    {
        Observers = events;
        Telemetry = new TelemetryHub(events, identity, new Deliveries(ConnectAsync).To, world.Time, world.TelemetryMemory);
        Events = new EventOrder(Telemetry, FlushAsync);
        Outputs = new ProcessOutputs(Events, world.Time);
    }

    /// <summary>Logs and records: for what no subscriber is told.</summary>
    public ILifecycleEvents Observers { get; }

    public TelemetryHub Telemetry { get; }

    public EventOrder Events { get; }

    public ProcessOutputs Outputs { get; }

    /// <summary>They lead out of this one.</summary>
    public void Of(Sandbox one) => sandbox.SetResult(one);

    private async ValueTask<Stream> ConnectAsync(int port, CancellationToken stop) =>
        await (await sandbox.Task.WaitAsync(stop)).ConnectAsync(port, stop);

    // A line that its invocation leaves without an end is as long as it is.
    private Task FlushAsync()
    {
        var flushing = sandbox.Task.IsCompletedSuccessfully ? sandbox.Task.Result.FlushOutputAsync() : Task.CompletedTask;
        if (!flushing.IsCompletedSuccessfully)
            return FlushBehindAsync(flushing);
        Outputs.Flush();
        return Task.CompletedTask;
    }

    private async Task FlushBehindAsync(Task flushing)
    {
        try
        {
            await flushing.ConfigureAwait(false);
        }
        catch (SandboxException)
        {
            // Broken or gone: whatever it wrote has come already.
        }

        Outputs.Flush();
    }
}
