using System.Collections.Concurrent;
using System.Globalization;
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
    private static readonly Traveller Thread = new();

    private readonly FileDescriptor name;

    private NetworkNamespace(FileDescriptor name) => this.name = name;

    /// <summary>The one that a process lives in.</summary>
    internal static NetworkNamespace Of(int pid)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/net");
        return new(new(LinuxException.ThrowIfFailed(Syscalls.open(path, Syscalls.O_RDONLY | Syscalls.O_CLOEXEC), $"open {path}")));
    }

    /// <summary>Switches loopback on, and listens there.</summary>
    internal async Task<Socket> ListenAsync(IPEndPoint endPoint)
    {
        var listener = await NewSocketAsync(AddressFamily.InterNetwork).ConfigureAwait(false);
        try
        {
            SwitchOnLoopback((int)listener.SafeHandle.DangerousGetHandle());
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

    private async Task<Socket> NewSocketAsync(AddressFamily family)
    {
        var domain = family == AddressFamily.InterNetwork ? Syscalls.AF_INET : Syscalls.AF_INET6;
        var number = await Thread.NewSocketAsync(name, domain).ConfigureAwait(false);
        return new Socket(new SafeSocketHandle(number, ownsHandle: true));
    }

    private static unsafe void SwitchOnLoopback(int socket)
    {
        // A struct ifreq: the name, then the flags.
        const int RequestBytes = 40, FlagsOffset = 16;
        var request = stackalloc byte[RequestBytes];
        new Span<byte>(request, RequestBytes).Clear();
        Encoding.ASCII.GetBytes("lo", new Span<byte>(request, FlagsOffset));
        LinuxException.ThrowIfFailed(Syscalls.ioctl(socket, Syscalls.SIOCGIFFLAGS, (int*)request), "ioctl SIOCGIFFLAGS");
        *(short*)(request + FlagsOffset) |= Syscalls.IFF_UP;
        LinuxException.ThrowIfFailed(Syscalls.ioctl(socket, Syscalls.SIOCSIFFLAGS, (int*)request), "ioctl SIOCSIFFLAGS");
    }

    /// <summary>
    /// A thread of its own: should the way back be barred, no other work is stranded with it. While it is away it makes three system calls
    /// and nothing else; a thread that was begun meanwhile would live there too, and hold the namespace.
    /// </summary>
    private sealed class Traveller
    {
        private readonly BlockingCollection<Errand> errands = [];
        private readonly Lazy<FileDescriptor> home = new(() => new(LinuxException.ThrowIfFailed(
            Syscalls.open("/proc/thread-self/ns/net", Syscalls.O_RDONLY | Syscalls.O_CLOEXEC), "open /proc/thread-self/ns/net")));

        internal Traveller() =>
            new Thread(Travel, maxStackSize: 256 * 1024) { IsBackground = true, Name = "network namespaces" }.Start();

        internal Task<int> NewSocketAsync(FileDescriptor name, int domain)
        {
            var errand = new Errand(name, domain, new(TaskCreationOptions.RunContinuationsAsynchronously));
            errands.Add(errand);
            return errand.Made.Task;
        }

        private void Travel()
        {
            foreach (var (name, domain, made) in errands.GetConsumingEnumerable())
            {
                try
                {
                    made.SetResult(Make(name.Number, domain, home.Value.Number));
                }
                catch (LinuxException problem)
                {
                    made.SetException(problem);
                }
            }
        }

        private static int Make(int there, int domain, int home)
        {
            LinuxException.ThrowIfFailed(Syscalls.setns(there, Syscalls.CLONE_NEWNET), "setns");
            var socket = Syscalls.socket(domain, Syscalls.SOCK_STREAM | Syscalls.SOCK_CLOEXEC, 0);
            var error = Marshal.GetLastPInvokeError();
            if (Syscalls.setns(home, Syscalls.CLONE_NEWNET) < 0)
                throw new InvalidOperationException("There is no way back from a network namespace.");
            return socket >= 0 ? socket : throw new LinuxException("socket", error);
        }

        private sealed record Errand(FileDescriptor Name, int Domain, TaskCompletionSource<int> Made);
    }
}
