using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>
/// A connection of a runtime or an extension, from accept to end. It begins in the lane, on its bare socket. The first request that is
/// not plain takes it over to Kestrel, with all that has not been served yet, for the rest of its life.
///
///   accept --> PlainRequests --not plain--> ParticipantConnection, Kestrel's
///                   |                              |
///                   +--client or sandbox ends------+--> Leave
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer; Kestrel disposes its connection.")]
internal sealed class LaneConnection(Socket socket, EnvironmentEndpoint endpoint, ParticipantCalls calls, LaneParts lane)
    : IParticipantConnection, IThreadPoolWorkItem
{
    private readonly Lock gate = new();
    private readonly LaneSocket laneSocket = new(socket);    // Until it is handed over.
    private readonly CancellationTokenSource hungUp = new();
    private volatile PlainRequests? requests;
    private ParticipantConnection? handedOver;
    private volatile bool isOver;

    public EnvironmentEndpoint Endpoint => endpoint;

    public ParticipantCalls Calls => calls;

    /// <summary>As long as it is in the lane, and told to parked calls only.</summary>
    public CancellationToken HungUp => hungUp.Token;

    /// <summary>Closed or aborted, by whomever.</summary>
    public bool IsOver => isOver;

    /// <summary>Serves it, on a thread of the pool at first: who accepts it has others to accept.</summary>
    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute() => _ = ServeAsync();

    /// <summary>Nobody waits for the parked call any more. Told by the pool: who notices has a socket's thread, or a lock.</summary>
    public void HangUp() => ThreadPool.UnsafeQueueUserWorkItem(static hungUp => hungUp.Cancel(), hungUp, preferLocal: false);

    public void Abort() => Abort(new ConnectionAbortedException());

    public void Abort(ConnectionAbortedException reason)
    {
        lock (gate)
        {
            if (!isOver && handedOver is null)
                laneSocket.Abort();
            isOver = true;
        }

        handedOver?.Abort(reason);
        HangUp();
    }

    /// <summary>Ends it as a server does that has nothing more to say.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (!isOver)
                laneSocket.Dispose();
            isOver = true;
        }

        endpoint.Leave(this);
    }

    /// <summary>What it waits in, while its client can do nothing and nobody answers.</summary>
    /// <exception cref="ConnectionBusyException">It does not wait.</exception>
    public ParkedConnection Parked()
    {
        if (isOver)
            throw new ConnectionBusyException("a connection of a process is about to end");
        var request = handedOver is { } connection ? connection.ParkedRequest() : requests?.ParkedRequest() ?? default;
        return new(socket, request);
    }

    private async Task ServeAsync()
    {
        try
        {
            var requests = this.requests = new PlainRequests(laneSocket, this, lane);
            if (await requests.ServeAsync() || !TryHandOver(requests.Unread))
                Close();
            this.requests = null;
            requests.GiveBack();
        }
        catch (Exception bug)
        {
            lane.Failures.Tell("the lane", bug);
            Close();
        }
    }

    private bool TryHandOver(ReadOnlyMemory<byte> received)
    {
        lock (gate)
        {
            if (isOver)
                return false;
            handedOver = new ParticipantConnection(lane.Sockets.Create(laneSocket.Release()), received, this);
        }

        if (!lane.Hub.Add(handedOver))
            _ = handedOver.DisposeAsync().AsTask();
        return true;
    }
}
