namespace Thaw.Linux;

/// <summary>Carries a few descriptors at a time from one process to another, over a Unix socket, and nothing else.</summary>
internal static class DescriptorChannel
{
    /// <summary>Never waits. False when the other end does not take them.</summary>
    internal static bool TrySend(int socket, ReadOnlySpan<int> descriptors) =>
        DescriptorMessage.Send(socket, [0], descriptors, Syscalls.MSG_DONTWAIT) == 1;

    /// <summary>
    /// Takes what was sent at once, already. Fewer come when there is no room among our descriptors, and none when nothing was sent.
    /// </summary>
    internal static FileDescriptor[] Receive(int socket)
    {
        Span<byte> mark = stackalloc byte[1];
        _ = DescriptorMessage.Receive(socket, mark, out var received, Syscalls.MSG_DONTWAIT | Syscalls.MSG_CMSG_CLOEXEC);
        return [.. received.Select(number => new FileDescriptor(number))];
    }
}
