using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Thaw.EnvironmentApis.Lane;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis;

/// <summary>
/// A connection of a runtime or an extension, as Kestrel sees it: from the first request on that is not for the lane.
/// </summary>
/// <remarks>
/// Kestrel takes the end of what a client sends for the end of the client, and then answers nothing more. AWS's server does answer: a body
/// that ends early gets its 400 (spec: ENV-064). So Kestrel learns of that end only where it reads, by <see cref="ParticipantInput"/>,
/// and a parked call by <see cref="HungUp"/>.
/// </remarks>
internal sealed class ParticipantConnection : ConnectionContext, IDuplexPipe, IParticipantConnection
{
    private readonly LaneConnection lane;
    private readonly ConnectionContext socket;
    private readonly ParticipantInput input;
    private volatile KestrelCall? served;

    /// <param name="received">What the client has sent already.</param>
    /// <param name="lane">Where it began.</param>
    public ParticipantConnection(ConnectionContext socket, ReadOnlyMemory<byte> received, LaneConnection lane)
    {
        (this.socket, this.lane) = (socket, lane);
        input = new ParticipantInput(new FairInput(new HandedOverInput(received, socket.Transport.Input)));
        HungUp = socket.ConnectionClosed;
        Features.Set(this);
    }

    public EnvironmentEndpoint Endpoint => lane.Endpoint;

    public ParticipantCalls Calls => lane.Calls;

    public CancellationToken HungUp { get; }

    /// <summary>The call between the head of a request and the end of its answer; null between two.</summary>
    public KestrelCall? Served
    {
        get => served;
        set
        {
            served = value;
            input.IsServing = value is not null;
        }
    }

    /// <summary>The call that waits for something to happen; nothing between two requests.</summary>
    /// <exception cref="ConnectionBusyException">Something else is under way.</exception>
    public ReadOnlyMemory<byte> ParkedRequest() => served?.ParkedRequest() ?? default;

    public override string ConnectionId
    {
        get => socket.ConnectionId;
        set => socket.ConnectionId = value;
    }

    public override IFeatureCollection Features => socket.Features;

    public override IDictionary<object, object?> Items
    {
        get => socket.Items;
        set => socket.Items = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => socket.LocalEndPoint;
        set => socket.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => socket.RemoteEndPoint;
        set => socket.RemoteEndPoint = value;
    }

    public override CancellationToken ConnectionClosed { get; set; } = CancellationToken.None;

    public override IDuplexPipe Transport
    {
        get => this;
        set => throw new NotSupportedException();
    }

    PipeReader IDuplexPipe.Input => input;

    PipeWriter IDuplexPipe.Output => socket.Transport.Output;

    public override void Abort(ConnectionAbortedException abortReason) => socket.Abort(abortReason);

    public override void Abort() => socket.Abort();

    public override async ValueTask DisposeAsync()
    {
        Endpoint.Leave(lane);
        await socket.DisposeAsync();
        await base.DisposeAsync();
    }
}
