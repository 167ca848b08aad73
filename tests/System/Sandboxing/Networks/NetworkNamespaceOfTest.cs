using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;

namespace Thaw.SystemTests.Sandboxing.Networks;

/// <summary>A process in a network namespace of its own, and words for what happens in it.</summary>
internal sealed class NetworkNamespaceOfTest : IDisposable
{
    private const string Dials = """
        import socket, sys
        try:
            with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=0.7) as s:
                print("you are " + s.recv(100).decode())
        except ConnectionRefusedError:
            print("refused")
        except OSError:
            print("unreachable")
        """;

    private const string Listens = """
        import socket, sys
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("0.0.0.0", int(sys.argv[1])))
        door.listen(16)
        print("ready", flush=True)
        while True:
            s, who = door.accept()
            s.send(who[0].encode())
            s.close()
        """;

    private readonly List<Process> processes = [];

    /// <summary>A new one.</summary>
    public NetworkNamespaceOfTest() => Id = Start("unshare", "-n", "sh", "-c", "echo ready; exec sleep 10000");

    /// <summary>That in which a thread is, with somebody who listens there.</summary>
    public NetworkNamespaceOfTest(int thread, int port)
    {
        Id = thread;
        Listen(port);
    }

    /// <summary>Somebody's who is in it.</summary>
    public int Id { get; }

    /// <summary>What a program's words begin with, so that it is here.</summary>
    public string[] Entering => ["nsenter", $"--net=/proc/{Id}/ns/net", "--"];

    public static string Sh(string script)
    {
        var (status, output, error) = new HostProgram("/bin/sh").Run(["-c", script]);
        Assert.True(status == 0, $"{script}: {error}");
        return output;
    }

    public string Shell(string script) => Sh($"nsenter --net=/proc/{Id}/ns/net sh -c '{script}'");

    /// <summary>What happens when somebody here dials: "you are ADDRESS", "refused" or "unreachable".</summary>
    public string Dial(string address, int port)
    {
        var (_, output, error) = new HostProgram("/usr/bin/nsenter").Run(
        [
            $"--net=/proc/{Id}/ns/net", "/usr/bin/python3", "-I", "-S", "-c", Dials, address, port.ToString(CultureInfo.InvariantCulture),
        ]);
        return output.Trim() + error;
    }

    public void Listen(int port) => Python(Listens, port.ToString(CultureInfo.InvariantCulture));

    /// <summary>Somebody who lives here as long as this does, and has said "ready".</summary>
    public void Python(string script, params string[] arguments) =>
        Start([.. Entering, "/usr/bin/python3", "-I", "-S", "-c", script, .. arguments]);

    /// <summary>To somebody on the loopback here. A socket stays where it was made.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint place, CancellationToken stop)
    {
        var socket = NamespaceThread.Run(() =>
        {
            using var here = File.OpenHandle($"/proc/{Id}/ns/net");
            LinuxException.ThrowIfFailed(Syscalls.setns((int)here.DangerousGetHandle(), Syscalls.CLONE_NEWNET), "setns");
            return new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        });
        await socket.ConnectAsync(IPAddress.Parse(place.Host), place.Port, stop);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill();
            process.WaitForExit();
            process.StandardOutput.Dispose();
            process.StandardError.Dispose();
            process.Dispose();
        }

        processes.Clear();
    }

    // Each of them is replaced by what it starts, so its id is that one's.
    private int Start(params string[] program)
    {
        var start = new ProcessStartInfo(program[0], program[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        processes.Add(process);
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process.Id;
    }
}
