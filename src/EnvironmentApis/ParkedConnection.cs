using System.Net.Sockets;

namespace Thaw.EnvironmentApis;

/// <summary>A connection of a participant that waits: between two requests, or in one that nobody answers yet.</summary>
/// <param name="Socket">Still served by the endpoint.</param>
/// <param name="Request">The request that it waits in, as it may be sent on the wire to wait in it again; empty between two.</param>
public sealed record ParkedConnection(Socket Socket, ReadOnlyMemory<byte> Request);
