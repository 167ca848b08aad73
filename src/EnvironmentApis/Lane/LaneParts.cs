using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>What the connections of all environments share: their bound, what answers need, and the way to Kestrel.</summary>
internal sealed record LaneParts(
    ConnectionBound Bound, DateLine Date, FailedCalls Failures, SocketConnectionContextFactory Sockets, ConnectionHub Hub);
