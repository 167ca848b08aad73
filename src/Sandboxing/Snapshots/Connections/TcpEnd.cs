namespace Thaw.Sandboxing.Snapshots.Connections;

/// <summary>
/// All that the kernel knows of our end of a quiet TCP connection on a sandbox's loopback: what it takes to make another end, elsewhere,
/// that the peer takes for this one. See <see cref="TcpRepair"/>.
/// </summary>
/// <param name="LocalPort">Ours.</param>
/// <param name="PeerPort">The other's.</param>
/// <param name="SendSequence">Of the next byte that we send.</param>
/// <param name="ReceiveSequence">Of the next byte that we receive.</param>
/// <param name="Window">A struct tcp_repair_window.</param>
/// <param name="MaxSegment">What the peer takes at once, in bytes.</param>
/// <param name="Options">What both have agreed on, as the bits of <c>tcpi_options</c>.</param>
/// <param name="Scales">By how much windows are scaled: ours, and the peer's in the upper half.</param>
/// <param name="Timestamp">Our clock.</param>
internal sealed record TcpEnd(
    ushort LocalPort,
    ushort PeerPort,
    uint SendSequence,
    uint ReceiveSequence,
    ReadOnlyMemory<byte> Window,
    uint MaxSegment,
    byte Options,
    uint Scales,
    uint Timestamp);
