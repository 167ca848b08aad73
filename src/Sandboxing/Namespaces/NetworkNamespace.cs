using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Thaw.Linux;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// The network of one sandbox, seen from outside. A socket belongs for ever to the namespace in which it was made, whoever uses it: so
/// only the making needs to happen inside, by a thread that goes there and comes back.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private static readonly Traveller Thread = new(Syscalls.CLONE_NEWNET);

    private readonly FileDescriptor name;

    private NetworkNamespace(FileDescriptor name) => this.name = name;

    /// <summary>The one that a process lives in.</summary>
    internal static NetworkNamespace Of(int pid) => new(Traveller.Open(pid, "net"));

    /// <summary>Switches loopback on, and listens there.</summary>
    internal async Task<Socket> ListenAsync(IPEndPoint endPoint)
    {
        var listener = await NewSocketAsync(AddressFamily.InterNetwork).ConfigureAwait(false);
        try
        {
            SwitchOnLoopback(listener);
            listener.Bind(endPoint);
            listener.Listen();
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Connects to somebody who listens on this loopback, at the one address of this name or the other.</summary>
    /// <exception cref="SocketException">Nobody does.</exception>
    internal async Task<Stream> ConnectAsync(int port, CancellationToken stop)
    {
        try
        {
            return await ConnectAsync(IPAddress.Loopback, port, stop).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return await ConnectAsync(IPAddress.IPv6Loopback, port, stop).ConfigureAwait(false);
        }
    }

    public void Dispose() => name.Dispose();

    private async Task<Stream> ConnectAsync(IPAddress address, int port, CancellationToken stop)
    {
        var socket = await NewSocketAsync(address.AddressFamily).ConfigureAwait(false);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(address, port, stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket that belongs there, and to which nothing has been done.</summary>
    internal async Task<Socket> NewSocketAsync(AddressFamily family) => new(await NewHandleAsync(family).ConfigureAwait(false));

    /// <summary>The same, for whoever makes it something that a <see cref="Socket"/> is to find when it looks at it first.</summary>
    internal async Task<SafeSocketHandle> NewHandleAsync(AddressFamily family = AddressFamily.InterNetwork)
    {
        var domain = family == AddressFamily.InterNetwork ? Syscalls.AF_INET : Syscalls.AF_INET6;
        var (number, error) = await Thread.VisitAsync(name, () => NewSocket(domain)).ConfigureAwait(false);
        return number >= 0 ? new SafeSocketHandle(number, ownsHandle: true) : throw new LinuxException("socket", error);
    }

    private static (int Number, int Error) NewSocket(int domain)
    {
        var socket = Syscalls.socket(domain, Syscalls.SOCK_STREAM | Syscalls.SOCK_CLOEXEC, 0);
        return (socket, Marshal.GetLastPInvokeError());
    }

    /// <param name="inside">Any socket that belongs there.</param>
    internal static unsafe void SwitchOnLoopback(Socket inside)
    {
        var socket = (int)inside.SafeHandle.DangerousGetHandle();

        // A struct ifreq: the name, then the flags.
        const int RequestBytes = 40, FlagsOffset = 16;
        var request = stackalloc byte[RequestBytes];
        new Span<byte>(request, RequestBytes).Clear();
        Encoding.ASCII.GetBytes("lo", new Span<byte>(request, FlagsOffset));
        LinuxException.ThrowIfFailed(Syscalls.ioctl(socket, Syscalls.SIOCGIFFLAGS, (int*)request), "ioctl SIOCGIFFLAGS");
        *(short*)(request + FlagsOffset) |= Syscalls.IFF_UP;
        LinuxException.ThrowIfFailed(Syscalls.ioctl(socket, Syscalls.SIOCSIFFLAGS, (int*)request), "ioctl SIOCSIFFLAGS");
    }
}
