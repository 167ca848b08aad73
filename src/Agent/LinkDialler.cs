using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>Connects to the daemon, which waits on the sandbox's own loopback: nothing of the link is outside then.</summary>
internal static unsafe class LinkDialler
{
    /// <summary>On return the connection is where a link is when an agent is born with one.</summary>
    /// <exception cref="LinuxException">Nobody waits there.</exception>
    internal static void Dial(int port)
    {
        var socket = LinuxException.ThrowIfFailed(Syscalls.socket(Syscalls.AF_INET, Syscalls.SOCK_STREAM, 0), "socket");
        var one = 1;
        _ = Syscalls.setsockopt(socket, Syscalls.IPPROTO_TCP, Syscalls.TCP_NODELAY, &one, sizeof(int));

        var address = new LoopbackAddress(port);
        LinuxException.ThrowIfFailed(Syscalls.connect(socket, &address, LoopbackAddress.Bytes), "connect");
        if (socket == AgentDescriptors.Link)
            return;
        LinuxException.ThrowIfFailed(Syscalls.dup2(socket, AgentDescriptors.Link), "dup2");
        _ = Syscalls.close(socket);
    }
}
