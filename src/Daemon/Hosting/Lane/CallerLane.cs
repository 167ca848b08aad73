using System.Net.Sockets;
using Thaw.Daemon.InvokeApi;
using Thaw.EnvironmentApis.Lane;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.Daemon.Hosting.Lane;

/// <summary>
/// Where a caller's connection begins. Its plain Invokes are served on its bare socket; the first request that is anything else takes it
/// over to Kestrel, with all that has not been served yet, for the rest of its life. Decision 0016.
///
///   accept --> CallerConnection --not plain--> Kestrel
/// </summary>
internal sealed class CallerLane : IAsyncDisposable
{
    /// <summary>How long the rest of a request that has begun may take before Kestrel waits for it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How long a caller may be silent in the middle of an event that is too long for the buffer; Kestrel's grace.</summary>
    public static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(5);

    // As Kestrel's.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(130), Often = TimeSpan.FromSeconds(10);

    private readonly HashSet<CallerConnection> connections = [];
    private readonly Invoke invoke;
    private readonly ITimer sweeping;
    private TaskCompletionSource? drained;

    public CallerLane(Invoke invoke, Func<Guid> newId, TimeProvider time)
    {
        (this.invoke, NewId, Time) = (invoke, newId, time);
        Date = new DateLine(time);
        sweeping = time.CreateTimer(_ => EndIdle(KeepAlive), null, Often, Often);
    }

    /// <summary>Otherwise all go to Kestrel, where requests are checked.</summary>
    public bool IsOpen { get; init; } = true;

    public Func<Guid> NewId { get; }

    public TimeProvider Time { get; }

    public DateLine Date { get; }

    /// <summary>Answers are the last ones of their connections.</summary>
    public bool IsDraining => drained is not null;

    /// <summary>Serves a connection; returns at once.</summary>
    /// <param name="handOver">Takes it over, with what has come and is not served, when the lane is not the place for it.</param>
    public void Serve(Socket socket, Action<Socket, ReadOnlyMemory<byte>> handOver) => ThreadPool.UnsafeQueueUserWorkItem(
        _ =>
        {
            if (IsOpen)
                _ = ServeAsync(socket, handOver);
            else
                handOver(socket, default);
        },
        null);

    /// <summary>Lets those who are served have their answers, until <paramref name="patience"/> ends, and ends all others.</summary>
    public async Task DrainAsync(CancellationToken patience)
    {
        lock (connections)
        {
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (connections.Count == 0)
                drained.TrySetResult();
        }

        EndIdle(TimeSpan.Zero);
        await drained.Task.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var connection in All())
            connection.Abort();
    }

    public ValueTask DisposeAsync() => sweeping.DisposeAsync();

    private async Task ServeAsync(Socket socket, Action<Socket, ReadOnlyMemory<byte>> handOver)
    {
        var ours = new LaneSocket(socket);
        var connection = new CallerConnection(ours, this);
        lock (connections)
            connections.Add(connection);
        var isOver = true;
        try
        {
            isOver = await connection.ServeAsync(invoke);
        }
        finally
        {
            if (isOver)
                ours.Dispose();
            lock (connections)
            {
                connections.Remove(connection);
                if (connections.Count == 0)
                    drained?.TrySetResult();
            }
        }

        if (!isOver)
            handOver(ours.Release(), connection.Unread);
    }

    private void EndIdle(TimeSpan longest)
    {
        foreach (var connection in All())
            connection.EndIfIdle(longest);
    }

    private CallerConnection[] All()
    {
        lock (connections)
            return [.. connections];
    }
}
