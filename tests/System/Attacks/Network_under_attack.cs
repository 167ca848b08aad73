using System.Globalization;

namespace Thaw.SystemTests.Attacks;

/// <summary>What hostile code reaches over the network: the internet, and nothing of the machine or of others.</summary>
[Collection(typeof(AttackedMachines))]
public sealed class Network_under_attack(AttackedMachine machine)
{
    /// <summary>As nft counts them; see <c>NatTable</c>.</summary>
    private const int MostFlows = 8_192;

    [Fact]
    public async Task Leads_to_the_internet_under_the_machines_address()
    {
        Assert.Equal("10.99.0.2\n", await machine.AttackAsync(
            "print(dial('INTERNET', PORT))", ("INTERNET", AttackedMachine.AddressOfInternet), ("PORT", AttackedMachine.Port)));
    }

    [Fact]
    public async Task Leads_to_no_place_where_clouds_keep_secrets() => Assert.Equal(
        "{'TimeoutError'}\n",
        await machine.AttackAsync("print({dial(a, PORT) for a in ('169.254.169.254', '169.254.170.2')})", ("PORT",
            AttackedMachine.Port)));

    [Fact]
    public async Task Leads_neither_to_the_daemon_nor_to_the_machines_other_ports()
    {
        var daemon = await machine.DaemonAsync();
        var printed = await machine.AttackAsync(
            """
            gateway = [line.split()[2] for line in open("/proc/net/route") if line.split()[1] == "00000000"][0]
            gateway = socket.inet_ntoa(bytes.fromhex(gateway)[::-1])
            print({dial(address, number) for address in (gateway, "MACHINE") for number in (PORT, DAEMON)})
            print({dial(address, number) for address in ("127.0.0.1", "127.0.0.2", "::1", "0.0.0.0") for number in (PORT, DAEMON)})
            """,
            ("MACHINE", AttackedMachine.AddressOfMachine),
            ("PORT", AttackedMachine.Port),
            ("DAEMON", daemon.Address.Port));

        Assert.Equal("{'TimeoutError'}\n{'ECONNREFUSED'}\n", printed);
    }

    [Fact]
    public async Task Leads_to_no_other_environment_nor_to_where_one_could_be()
    {
        // The neighbour listens everywhere; a shared internet would also answer for whatever of 10.0.0.0/8 comes to it.
        var address = (await machine.AttackByAsync("neighbour", """
            server = socket.socket()
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("0.0.0.0", 7000))
            server.listen()
            if os.fork() == 0:
                while True: server.accept()[0].send(b"neighbour")
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.connect(("10.99.0.1", 1))
            print(s.getsockname()[0])
            """)).Trim();
        Assert.StartsWith("10.", address, StringComparison.Ordinal);
        var unused = address.Split('.')[..2].Append("200").Append("1");

        Assert.Equal("10.99.0.2\n{'TimeoutError'}\n", await machine.AttackAsync(
            """
            print(dial("10.77.0.1", PORT))
            print({dial("NEIGHBOUR", 7000), dial("UNUSED", PORT)})
            """,
            ("NEIGHBOUR", address),
            ("UNUSED", string.Join('.', unused)),
            ("PORT", AttackedMachine.Port)));
    }

    [Fact]
    public async Task Has_no_abstract_socket_of_the_machine() => Assert.Equal("ECONNREFUSED\n0\n", await machine.AttackAsync(
        """
        print(attempt(lambda: socket.socket(socket.AF_UNIX).connect("\0NAME")))
        print(open("/proc/net/unix").read().count("NAME"))
        """,
        ("NAME", AttackedMachine.AbstractName)));

    [Fact]
    public async Task Is_not_to_be_changed_from_inside() => Assert.Equal(
        "{'EPERM'}\n{-1}\nEPERM\n",
        await machine.AttackAsync("""
            import fcntl
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            print({attempt(lambda: fcntl.ioctl(s, request, struct.pack("16s24x", name)))
                for request in (0x8914, 0x8916, 0x8953, 0x8955, 0x890b, 0x8924) for name in (b"eth0", b"lo")} - {"EINVAL", "ENODEV"})
            def ask(kind, flags, body):
                n = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
                n.send(struct.pack("IHHII", 16 + len(body), kind, flags, 1, 0) + body)
                return -1 if struct.unpack("i", n.recv(4096)[16:20])[0] == -errno.EPERM else 0
            # A new link, address, route, rule and neighbour.
            print({ask(kind, 0x605, b"\x02" + bytes(27)) for kind in (16, 20, 24, 32, 28)})
            print(attempt(lambda: s.setsockopt(socket.SOL_IP, 19, 1)))
            """));

    [Fact]
    public async Task Has_no_address_beside_its_own()
    {
        await machine.DaemonAsync();
        Assert.Equal("set()\n", await machine.AttackAsync("""
            def lie(address):
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.setsockopt(socket.SOL_IP, 15, 1)    # IP_FREEBIND, which needs no privilege
                s.bind((address, 0))
                return s.sendto(b"x", ("10.99.0.1", 9))
            print({attempt(lambda: lie(address)) for address in ("10.201.0.77", "10.99.0.2", "8.8.8.8")} - {"EINVAL", "ENETUNREACH"})
            """));
    }

    [Fact]
    public async Task Speaks_no_IPv6_to_the_machine_and_makes_it_remember_no_neighbours() => Assert.Equal(
        "[]\nset()\n",
        await machine.AttackAsync("""
            print([line.split()[0] for line in open("/proc/net/if_inet6") if "eth0" in line])
            index = socket.if_nametoindex("eth0")
            def send(address): return socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", (address, 9, 0, index))
            print({attempt(lambda: send(address))
                for address in ("fe80::1", "ff02::1", "fe80::1234:5678")} - {"EADDRNOTAVAIL", "ENETUNREACH"})
            """));

    [Fact]
    public async Task Remembers_only_so_many_flows_of_one_environment()
    {
        await machine.DaemonAsync();
        await machine.AttackByAsync("flows", """
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            for n in range(20000): attempt(lambda: s.sendto(b"x", (f"10.50.{n >> 8}.{n & 255}", 4711)))
            """);
        var flows = int.Parse(machine.Machine.Shell("cat /proc/sys/net/netfilter/nf_conntrack_count"), CultureInfo.InvariantCulture);

        Assert.InRange(flows, 1_000, MostFlows + 500);
        Assert.Equal("10.99.0.2\n", await machine.AttackAsync("print(dial('10.99.0.1', PORT))", ("PORT", AttackedMachine.Port)));
    }

    [Fact]
    public async Task Keeps_the_port_of_the_environments_APIs_for_the_daemon()
    {
        Assert.Equal("{'EADDRINUSE'}\nEPERM\n{\"message\"\n", await machine.AttackByAsync("port", """
            def take(address, option):
                s = socket.socket()
                if option: s.setsockopt(socket.SOL_SOCKET, option, 1)
                s.bind((address, 9001))
                s.listen()
                return "mine"
            print({attempt(lambda: take(address, option)) for address in ("127.0.0.1", "0.0.0.0") for option in (0, 2, 15)})
            # SOCK_DESTROY of all that listen there.
            n = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)
            who = struct.pack(">HH16s16s", 9001, 0, socket.inet_aton("127.0.0.1") + bytes(12), bytes(16)) + struct.pack("III", 0,
                0xffffffff, 0xffffffff)
            body = struct.pack("BBBBI", 2, 6, 0, 0, 1 << 10) + who
            n.send(struct.pack("IHHII", 16 + len(body), 21, 5, 1, 0) + body)
            print(errno.errorcode.get(-struct.unpack("i", n.recv(4096)[16:20])[0], "gone"))
            c = http.client.HTTPConnection(host, int(port))
            c.request("GET", "/2018-06-01/nothing")
            print((c.getresponse().read().decode() + '{"message"')[:10])
            """));
    }

    [Fact]
    public async Task Bears_what_is_no_HTTP()
    {
        Assert.Equal("done\n", await machine.AttackByAsync("noise", """
            noises = [b"\0" * 1000, b"GET\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n", os.urandom(100_000), b"POST " + b"/" * 2_000_000,
                b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + b"\r\n",
                b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"FFFFFFFFFFFFFFFFF\r\n",
                b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999\r\n\r\nx",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + os.urandom(1000)]
            for noise in noises:
                def send():
                    with socket.create_connection((host, int(port)), 5) as s:
                        s.settimeout(0.2)
                        s.sendall(noise)
                        s.recv(65536)
                attempt(send)
            print("done")
            """));
        Assert.Equal("again\n", await machine.AttackByAsync("noise", "print('again')"));
        Assert.Equal("neighbour\n", await machine.AttackByAsync("neighbour", "print('neighbour')"));
    }
}
