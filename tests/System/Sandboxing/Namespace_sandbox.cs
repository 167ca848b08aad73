using System.Net;
using System.Net.Sockets;
using System.Text;
using Thaw.Linux;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>What those inside see, and what they are.</summary>
public sealed class Namespace_sandbox : IDisposable
{
    private readonly NamespaceWords words = new();

    [Fact, Trait("Spec", "ENV-118")]
    public async Task Makes_everybody_a_plain_user_without_any_privilege()
    {
        var printed = await words.PrintedByAsync(output => Shell(
            "id; grep -E '^(Cap|NoNewPrivs|Seccomp:|Groups)' /proc/self/status; ulimit -n; ulimit -c; umask", output));

        Assert.Equal(
            """
            uid=1000(sbx_user1051) gid=1000(sbx_user1051) groups=1000(sbx_user1051)
            Groups:  
            CapInh: 0000000000000000
            CapPrm: 0000000000000000
            CapEff: 0000000000000000
            CapBnd: 0000000000000000
            CapAmb: 0000000000000000
            NoNewPrivs: 1
            Seccomp: 2
            1024
            0
            0022

            """,
            printed.Replace("\t", " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Shows_no_process_but_its_own()
    {
        Assert.Equal("True\n", await words.PrintedByAsync(output => Python(
            "import os; print(sorted(filter(str.isdigit, os.listdir('/proc'))) == sorted(['1', str(os.getpid())]))", output)));
        Assert.Equal(
            "cat: /proc/1/environ: Permission denied\n",
            await words.PrintedByAsync(output => Shell("cat /proc/1/environ", output)));
    }

    [Fact, Trait("Spec", "ENV-116")]
    public async Task Shows_no_file_but_what_a_function_needs()
    {
        var printed = await words.PrintedByAsync(output => Shell(
            "ls /; ls /etc /dev /var /run/thaw; cut -d' ' -f5 /proc/self/mountinfo", output));

        Assert.DoesNotContain("farm", printed, StringComparison.Ordinal);
        Assert.Equal(
            ["/dev:", "fd", "full", "null", "random", "stderr", "stdin", "stdout", "urandom", "zero"],
            printed.Split('\n').SkipWhile(line => line != "/dev:").TakeWhile(line => line.Length > 0));
        var root = printed.Split('\n').TakeWhile(line => line.Length > 0 && !line.EndsWith(':')).ToList();
        Assert.All(root, name => Assert.Contains(name, (string[])[
            "bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "opt", "proc", "run", "sbin", "sys", "tmp", "usr", "var"]));
        Assert.DoesNotContain("/sys", printed.Split('\n').Where(line => line.StartsWith('/') && line != "/sys"));
    }

    [Fact, Trait("Spec", "ENV-116")]
    public async Task Lets_nobody_write_but_into_tmp()
    {
        var printed = await words.PrintedByAsync(
            output => Shell(
                """
                cat /var/task/code /opt/layer; echo
                for place in / /var/task /opt /var /etc /usr /dev /proc/self/comm /var/lang; do
                  [ -f $place ] || place=$place/new
                  (echo x > $place) 2>&1 | grep -o 'Read-only file system'
                done
                echo scratch > /tmp/file && cat /tmp/file
                """,
                output),
            new MountInside(words.Folder("task", "code", "the code"), "/var/task"),
            new MountInside(words.Folder("opt", "layer", "the layer"), "/opt"));

        Assert.Equal("the codethe layer\n" + string.Concat(Enumerable.Repeat("Read-only file system\n", 9)) + "scratch\n", printed);
    }

    [Fact]
    public async Task Shares_the_network_of_the_machine_when_it_is_told_to()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var sandbox = await NamespaceSandbox.CreateAsync(words.Options with { SharesNetwork = true });
        var printed = await NamespaceWords.PrintedByAsync(sandbox, output => Python(
            $"""
            import socket
            for port in ({port}, {sandbox.ApiEndPoint.Port}):
                print(socket.create_connection(("127.0.0.1", port)).getpeername()[1] == port)
            """,
            output));

        Assert.Equal("True\nTrue\n", printed);
        await using var stream = await sandbox.ConnectAsync(port, TestContext.Current.CancellationToken);
    }

    [Fact, Trait("Spec", "ENV-093")]
    public async Task Has_a_name_and_a_loopback_of_its_own()
    {
        await using var sandbox = await words.NewSandboxAsync();
        var printed = await NamespaceWords.PrintedByAsync(sandbox, output => Python(
            """
            import socket
            print(socket.gethostname(), socket.gethostbyname("sandbox"), socket.gethostbyname("sandbox.localdomain"))
            print([name for _, name in socket.if_nameindex() if name not in ("tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0")])
            """,
            output));

        Assert.Equal("sandbox 127.0.0.1 127.0.0.1\n['lo']\n", printed);
    }

    [Fact]
    public async Task Is_dialled_from_inside_and_from_outside()
    {
        await using var sandbox = await words.NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Python(
            """
            import os, socket
            api = socket.create_connection(("127.0.0.1", 9001))
            own = socket.create_server(("127.0.0.1", 4711))
            api.sendall(b"there")
            inner, _ = own.accept()
            inner.sendall(b"welcome")
            """,
            output)).InTimeAsync();
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9001), sandbox.ApiEndPoint);
        using var caller = await sandbox.ApiListener.AcceptAsync(TestContext.Current.CancellationToken).AsTask().InTimeAsync();
        var heard = new byte[16];
        Assert.Equal(5, await caller.ReceiveAsync(heard, TestContext.Current.CancellationToken).AsTask().InTimeAsync());

        await using var stream = await sandbox.ConnectAsync(4711, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        Assert.Equal("welcome", await reader.ReadToEndAsync(TestContext.Current.CancellationToken).InTimeAsync());
        await Assert.ThrowsAsync<SocketException>(async () => await sandbox.ConnectAsync(4712, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Reaches_no_neighbour()
    {
        await using var first = await words.NewSandboxAsync();
        await using var second = await words.NewSandboxAsync();
        var output = new Collected();
        await first.StartAsync(Python(
            """
            import os, socket, time
            open("/tmp/secret", "w").write("x")
            server = socket.create_server(("0.0.0.0", 4711))
            unix = socket.socket(socket.AF_UNIX); unix.bind("\0secret"); unix.listen()
            print("ready", flush=True)
            time.sleep(1000)
            """,
            output)).InTimeAsync();
        await EventuallyAsync(() => output.Stdout == "ready\n", "it listens");

        Assert.Equal(
            "ConnectionRefusedError ConnectionRefusedError FileNotFoundError 1\n",
            await NamespaceWords.PrintedByAsync(second, theirs => Python(
                """
                import os, socket
                def attempt(what):
                    try: what(); return "reached"
                    except OSError as problem: return type(problem).__name__
                print(
                    attempt(lambda: socket.create_connection(("127.0.0.1", 4711))),
                    attempt(lambda: socket.socket(socket.AF_UNIX).connect("\0secret")),
                    attempt(lambda: open("/tmp/secret")),
                    sum(name.isdigit() and int(name) != os.getpid() for name in os.listdir("/proc")))
                """,
                theirs)));
    }

    [Fact]
    public async Task Kills_everybody_and_goes_on()
    {
        await using var sandbox = await words.NewSandboxAsync();
        var output = new Collected();
        var process = await sandbox.StartAsync(Python(Fugitives, output)).InTimeAsync();
        await PrintedPidsAsync(output, FugitiveCount);
        Assert.Equal(FugitiveCount, ProcessTree.DescendantsOf(sandbox.AgentPid).Count(IsAlive));

        await sandbox.KillAllAsync(Patience).InTimeAsync();
        Assert.Equal(new ExitStatus(0, Syscalls.SIGKILL), await process.Exited.InTimeAsync());
        Assert.Empty(ProcessTree.DescendantsOf(sandbox.AgentPid));
        Assert.Equal("again\n", await NamespaceWords.PrintedByAsync(sandbox, again => Shell("echo again", again)));
    }

    [Fact]
    public async Task Breaks_when_its_agent_is_killed_and_leaves_nobody()
    {
        await using var sandbox = await words.NewSandboxAsync();
        var output = new Collected();
        var process = await sandbox.StartAsync(Python(Fugitives, output)).InTimeAsync();
        await PrintedPidsAsync(output, FugitiveCount);
        var all = ProcessTree.DescendantsOf(sandbox.AgentPid);
        Assert.Equal(0, Syscalls.kill(sandbox.AgentPid, Syscalls.SIGKILL));

        await sandbox.Broken.InTimeAsync();
        Assert.True((await process.Exited.InTimeAsync()).SandboxBroke);
        Assert.DoesNotContain(all, IsAlive);
        await Assert.ThrowsAsync<SandboxException>(() => sandbox.StartAsync(Shell("true", output)));
    }

    [Fact]
    public async Task Leaves_nothing_when_it_is_destroyed()
    {
        var mounts = await File.ReadAllTextAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken);
        var options = words.Options;
        var sandbox = await NamespaceSandbox.CreateAsync(options);
        await sandbox.StartAsync(Python(Fugitives, new Collected())).InTimeAsync();
        int[] all = [sandbox.AgentPid, .. ProcessTree.DescendantsOf(sandbox.AgentPid)];
        await sandbox.DisposeAsync().AsTask().InTimeAsync();

        Assert.DoesNotContain(all, Exists);
        Assert.False(Directory.Exists(options.TemporaryFolder));
        Assert.Equal(mounts, await File.ReadAllTextAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Says_what_went_wrong_in_its_set_up()
    {
        var options = words.Options with { HostName = new('n', 65) };
        var problem = await Assert.ThrowsAsync<SandboxException>(() => NamespaceSandbox.CreateAsync(options));
        Assert.Equal("A sandbox could not be set up: thaw-agent: sethostname: Invalid argument", problem.Message);
        Assert.False(Directory.Exists(options.TemporaryFolder));
    }

    [Theory]
    [InlineData("/proc", "/no/such/place", "move_mount /no/such/place")]
    [InlineData("/no/such/folder", "/opt", "open_tree /no/such/folder")]
    public async Task Says_which_file_it_cannot_be_given(string path, string inside, string step)
    {
        await using var sandbox = await words.NewSandboxAsync();
        var problem = await Assert.ThrowsAsync<SandboxException>(() => sandbox.FurnishAsync(new() { Mounts = [new(path, inside)] }));

        Assert.Equal($"a sandbox cannot be given its files: {step}: No such file or directory", problem.Message);
    }

    [Fact]
    public async Task Is_placed_before_it_does_anything()
    {
        var placed = 0;
        var options = words.Options with { Place = pid => placed = pid };
        await using var sandbox = await NamespaceSandbox.CreateAsync(options);

        Assert.Equal(sandbox.AgentPid, placed);
    }

    [Fact]
    public async Task Gives_no_two_the_same_users()
    {
        await using var first = await words.NewSandboxAsync();
        await using var second = await words.NewSandboxAsync();

        Assert.NotEqual(MapOf(first), MapOf(second));

        static string MapOf(NamespaceSandbox sandbox) => File.ReadAllText($"/proc/{sandbox.AgentPid}/uid_map");
    }

    public void Dispose() => words.Dispose();
}
