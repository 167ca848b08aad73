using System.Net.Sockets;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>Our end of a connection that somebody inside of a sandbox has opened to <see cref="Sandbox.ApiListener"/>.</summary>
/// <param name="Socket">Stays open and in use, whatever becomes of the snapshot.</param>
/// <param name="Request">
/// What the client has asked and nobody has answered yet, as bytes on the wire: each clone's end of the connection begins with it, as if
/// it had just come. Its length may differ from what was really sent. Empty for a connection between two requests.
/// </param>
public sealed record OutsideConnection(Socket Socket, ReadOnlyMemory<byte> Request);
