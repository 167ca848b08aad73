using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Thaw.Contracts;
using Thaw.EnvironmentApis.Lane;

namespace Thaw.EnvironmentApis;

/// <summary>
/// Where the processes of one environment reach its APIs. Every connection is bound, as it is accepted, to the generation of processes
/// that is alive then; so a process that outlives its generation cannot speak for the next one.
/// </summary>
public sealed partial class EnvironmentEndpoint : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly LaneParts lane;
    private readonly ILogger logger;
    private readonly HashSet<LaneConnection> connections = [];
    private readonly SemaphoreSlim oneChange = new(1);
    private Action? onDisposed;
    private Accepting? accepting;

    internal EnvironmentEndpoint(Socket listener, EnvironmentDescriptor environment, LaneParts lane, ILogger logger)
    {
        (this.listener, this.lane, this.logger) = (listener, lane, logger);
        Environment = environment;
        accepting = Accept();
    }

    public EnvironmentDescriptor Environment { get; }

    /// <summary>Connections that are open now; at most <see cref="Limits.ConnectionsPerEnvironment"/>, the next one is closed.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (connections)
                return connections.Count;
        }
    }

    /// <summary>Bodies that no call has announced are read one at a time, so that a hostile function cannot fill our memory.</summary>
    internal SemaphoreSlim OneBody { get; } = new(1);

    /// <summary>
    /// All open connections, each of which waits: for a snapshot, while no client can do anything and the lifecycle does nothing. They stay
    /// open and served. In a clone each is re-created and given to <see cref="Adopt"/> of the clone's own endpoint.
    /// </summary>
    /// <exception cref="ConnectionBusyException">One has a request under way that is none of those that wait.</exception>
    public IReadOnlyList<ParkedConnection> ParkedConnections()
    {
        LaneConnection[] open;
        lock (connections)
            open = [.. connections];
        return [.. open.Select(connection => connection.Parked())];
    }

    /// <summary>Serves a connection, also one that was not accepted here but re-created for a restored process.</summary>
    /// <param name="connected">Ours from now on.</param>
    public void Adopt(Socket connected)
    {
        (connected.NoDelay, connected.Blocking) = (true, false);
        var connection = new LaneConnection(connected, this, Environment.Lifecycle.Calls, lane);
        if (Enter(connection))
            connection.Start();
        else
            connection.Close();
    }

    /// <summary>
    /// Ends all connections at once, those that wait to be accepted too. Call it when every process of the environment is dead and
    /// before new ones start: the new ones find an endpoint that has forgotten the old.
    /// </summary>
    public async Task AbortConnectionsAsync()
    {
        // Not back to a lifecycle's scheduler: it would go on inside the release of whoever held this before.
        await oneChange.WaitAsync().ConfigureAwait(false);
        try
        {
            if (accepting is null)
                return;
            await accepting.StopAsync();
            while (listener.Poll(TimeSpan.Zero, SelectMode.SelectRead))
                (await listener.AcceptAsync()).Dispose();
            AbortAll("The environment's processes are gone.");
            accepting = Accept();
        }
        finally
        {
            oneChange.Release();
        }
    }

    /// <summary>Stops accepting and ends all connections. The listener stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        await oneChange.WaitAsync();
        try
        {
            if (accepting is null)
                return;
            await accepting.StopAsync();
            accepting = null;
            AbortAll("The environment has ended.");
            onDisposed?.Invoke();
        }
        finally
        {
            oneChange.Release();
        }
    }

    internal void WhenDisposed(Action then) => onDisposed = then;

    internal void Leave(LaneConnection connection)
    {
        lock (connections)
        {
            if (connections.Remove(connection))
                lane.Bound.Leave();
        }
    }

    internal bool Enter(LaneConnection connection)
    {
        lock (connections)
            return connections.Count < Limits.ConnectionsPerEnvironment && lane.Bound.TryEnter() && connections.Add(connection);
    }

    private void AbortAll(string reason)
    {
        LaneConnection[] open;
        lock (connections)
            open = [.. connections];
        foreach (var connection in open)
            connection.Abort(new ConnectionAbortedException(reason));
    }

    private Accepting Accept()
    {
        var stop = new CancellationTokenSource();
        return new Accepting(AcceptAsync(stop.Token), stop);
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var next = listener.AcceptAsync(stop);
                var isCrowd = next.IsCompleted;
                Adopt(await next);

                // Who connects without end must not keep a thread that serves sockets for itself.
                if (isCrowd)
                    await Task.Yield();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failure)
            {
                // A client that gave up while waiting, or no descriptor left: the next one may do better, but not at once.
                Log.AcceptFailed(logger, failure.SocketErrorCode);
                await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
            }
        }
    }

    private sealed record Accepting(Task Ended, CancellationTokenSource Stop)
    {
        public async Task StopAsync()
        {
            await Stop.CancelAsync();
            await Ended;
            Stop.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A connection of an environment could not be accepted: {Error}")]
        public static partial void AcceptFailed(ILogger logger, SocketError error);
    }
}
