using System.Runtime.InteropServices;
using System.Text;
using Thaw.Linux;

namespace Thaw.Sandboxing.Networks;

/// <summary>
/// A socket to the kernel's own routing tables, in the network namespace of the thread that opens it, wherever it is used then. One
/// question at a time.
/// </summary>
internal sealed unsafe class RouteSocket : IDisposable
{
    private const ushort
        RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18, RTM_NEWADDR = 20, RTM_NEWROUTE = 24, NLMSG_ERROR = 2, NLMSG_DONE = 3;

    private const ushort NLM_F_REQUEST = 1, NLM_F_ACK = 4, NLM_F_EXCL = 0x200, NLM_F_CREATE = 0x400, NLM_F_DUMP = 0x300;

    private const ushort
        IFLA_IFNAME = 3, IFLA_LINKINFO = 18, IFLA_NET_NS_PID = 19, IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2, VETH_INFO_PEER = 1;

    private const ushort IFLA_AF_SPEC = 26, IFLA_INET6_ADDR_GEN_MODE = 8;
    private const byte IN6_ADDR_GEN_MODE_NONE = 1;
    private const ushort IFA_ADDRESS = 1, IFA_LOCAL = 2, RTA_OIF = 4, RTA_GATEWAY = 5;
    private const uint IFF_UP = 1;
    private const byte RT_TABLE_MAIN = 254, RTPROT_BOOT = 3, RT_SCOPE_UNIVERSE = 0, RTN_UNICAST = 1, AF_INET = 2, AF_INET6 = 10;

    private readonly FileDescriptor socket;
    private readonly byte[] answer = new byte[32 * 1024];
    private uint sequence;

    internal RouteSocket()
    {
        var type = Syscalls.SOCK_RAW | Syscalls.SOCK_CLOEXEC;
        socket = new(LinuxException.ThrowIfFailed(Syscalls.socket(Syscalls.AF_NETLINK, type, Syscalls.NETLINK_ROUTE), "socket(netlink)"));
    }

    internal static NetlinkMessage NewPair(uint sequence, string name, string peer, int peerNamespaceOfPid) =>
        new NetlinkMessage(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sequence)
            .Link(index: 0)
            .Attribute(IFLA_IFNAME, name)
            .Nested(IFLA_LINKINFO, link => link
                .Attribute(IFLA_INFO_KIND, "veth"u8)
                .Nested(IFLA_INFO_DATA, veth => veth
                    .Nested(VETH_INFO_PEER, other => other
                        .Link(index: 0)
                        .Attribute(IFLA_IFNAME, peer)
                        .Attribute(IFLA_NET_NS_PID, (uint)peerNamespaceOfPid))));

    internal static NetlinkMessage Up(uint sequence, int index) =>
        new NetlinkMessage(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, sequence).Link(index, IFF_UP, IFF_UP);

    /// <summary>The link gives itself no address of IPv6.</summary>
    internal static NetlinkMessage WithoutOwnAddress(uint sequence, int index) =>
        new NetlinkMessage(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, sequence)
            .Link(index)
            .Nested(IFLA_AF_SPEC, families => families
                .Nested(AF_INET6, six => six.Attribute(IFLA_INET6_ADDR_GEN_MODE, [IN6_ADDR_GEN_MODE_NONE])));

    internal static NetlinkMessage Delete(uint sequence, int index) =>
        new NetlinkMessage(RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK, sequence).Link(index);

    internal static NetlinkMessage NewAddress(uint sequence, int index, ReadOnlySpan<byte> local, ReadOnlySpan<byte> peer, byte prefix) =>
        new NetlinkMessage(RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sequence)
            .Address(AF_INET, prefix, index)
            .Attribute(IFA_LOCAL, local)
            .Attribute(IFA_ADDRESS, peer);

    internal static NetlinkMessage DefaultRoute(uint sequence, int index, ReadOnlySpan<byte> gateway) =>
        new NetlinkMessage(RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sequence)
            .Route(AF_INET, prefix: 0, RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST)
            .Attribute(RTA_GATEWAY, gateway)
            .Attribute(RTA_OIF, (uint)index);

    /// <summary>A pair of links, the other end of which is in another process's network namespace.</summary>
    internal void AddPair(string name, string peer, int peerNamespaceOfPid) =>
        Ask(NewPair(++sequence, name, peer, peerNamespaceOfPid), $"a pair of links {name}");

    /// <remarks>
    /// IPv6 leads nowhere, and where it has an address, everybody who sends to others makes the machine remember neighbours: it has one
    /// table for all.
    /// </remarks>
    internal void SetUp(int index)
    {
        try
        {
            Ask(WithoutOwnAddress(++sequence, index), "a link without an address of its own");
        }
        catch (LinuxException unknown) when (unknown.Errno == Errno.EAFNOSUPPORT)
        {
            // A machine without IPv6.
        }

        Ask(Up(++sequence, index), "link up");
    }

    /// <summary>Takes a link away, unless it has gone meanwhile: with the network namespace of its other end, for example.</summary>
    internal void Delete(int index)
    {
        try
        {
            Ask(Delete(++sequence, index), "deleting a link");
        }
        catch (LinuxException gone) when (gone.Errno == Errno.ENODEV)
        {
            // That is all that was wanted.
        }
    }

    /// <param name="index">The link.</param>
    /// <param name="local">Its own address, of four bytes.</param>
    /// <param name="peer">That of the other end of the line, or the same for a network of several.</param>
    /// <param name="prefix">In bits.</param>
    internal void AddAddress(int index, ReadOnlySpan<byte> local, ReadOnlySpan<byte> peer, byte prefix) =>
        Ask(NewAddress(++sequence, index, local, peer, prefix), "an address");

    internal void AddDefaultRoute(int index, ReadOnlySpan<byte> gateway) =>
        Ask(DefaultRoute(++sequence, index, gateway), "a default route");

    /// <summary>The index of the link with that name.</summary>
    internal int IndexOf(string name)
    {
        Send(new NetlinkMessage(RTM_GETLINK, NLM_F_REQUEST, ++sequence).Link(index: 0).Attribute(IFLA_IFNAME, name));
        var received = Receive();
        return MemoryMarshal.Read<ushort>(received[4..]) == RTM_NEWLINK
            ? Index(received)
            : throw new LinuxException(name, Errno.ENODEV);
    }

    /// <summary>The names and indices of all links here.</summary>
    internal List<(string Name, int Index)> Links()
    {
        Send(new NetlinkMessage(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, ++sequence).Link(index: 0));
        var links = new List<(string, int)>();
        while (ReadPart(links))
        {
        }

        return links;
    }

    public void Dispose() => socket.Dispose();

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> attributes, ushort wanted)
    {
        while (attributes.Length >= 4)
        {
            var length = MemoryMarshal.Read<ushort>(attributes);
            if (length < 4 || length > attributes.Length)
                break;
            if (MemoryMarshal.Read<ushort>(attributes[2..]) == wanted)
                return attributes[4..length];
            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }

        return [];
    }

    private static int Index(ReadOnlySpan<byte> link) => MemoryMarshal.Read<int>(link[(NetlinkMessage.HeaderBytes + 4)..]);

    private void Ask(NetlinkMessage question, string what)
    {
        Send(question);
        var received = Receive();
        if (MemoryMarshal.Read<ushort>(received[4..]) != NLMSG_ERROR)
            throw new SandboxException($"The kernel answered a request for {what} with something else.");
        var error = -MemoryMarshal.Read<int>(received[NetlinkMessage.HeaderBytes..]);
        if (error != 0)
            throw new LinuxException(what, error);
    }

    // False at the end of a dump.
    private bool ReadPart(List<(string Name, int Index)> links)
    {
        var rest = Receive();
        while (rest.Length >= NetlinkMessage.HeaderBytes)
        {
            var length = (int)MemoryMarshal.Read<uint>(rest);
            var type = MemoryMarshal.Read<ushort>(rest[4..]);
            if (type is NLMSG_DONE or NLMSG_ERROR || length < NetlinkMessage.HeaderBytes || length > rest.Length)
                return false;
            if (type == RTM_NEWLINK)
            {
                var name = Value(rest[(NetlinkMessage.HeaderBytes + 16)..length], IFLA_IFNAME);
                links.Add((Encoding.ASCII.GetString(name.TrimEnd((byte)0)), Index(rest)));
            }

            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }

        return true;
    }

    private void Send(NetlinkMessage message)
    {
        fixed (byte* bytes = message.Bytes)
        {
            if (Syscalls.send(socket.Number, bytes, (nuint)message.Bytes.Length, 0) < 0)
                throw new LinuxException("send(netlink)", Marshal.GetLastPInvokeError());
        }
    }

    private ReadOnlySpan<byte> Receive()
    {
        fixed (byte* bytes = answer)
        {
            nint count;
            do
                count = Syscalls.recv(socket.Number, bytes, (nuint)answer.Length, 0);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            return count >= NetlinkMessage.HeaderBytes + 4
                ? answer.AsSpan(0, (int)count)
                : throw new LinuxException("recv(netlink)", Marshal.GetLastPInvokeError());
        }
    }
}
