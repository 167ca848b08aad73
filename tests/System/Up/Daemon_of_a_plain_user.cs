using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Thaw.Linux;
using Thaw.SystemTests.Attacks;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>Not root, on a kernel that gives everybody namespaces: functions are kept apart all the same.</summary>
public sealed class Daemon_of_a_plain_user : IDisposable
{
    private const string ByDefault = "auto";
    private const string Eater = "export const handler = () => { const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1)); };";

    private readonly FunctionsFolder functions = new();
    private readonly Lazy<PlainUserOfTest> user = new(() => PlainUserOfTest.Nobody());

    public void Dispose()
    {
        functions.Dispose();
        if (user.IsValueCreated)
            user.Value.Dispose();
    }

    [Theory, InlineData(ByDefault), InlineData("namespaces")]
    public async Task Runs_functions_in_namespaces(string isolation)
    {
        AddSamples("hello-node", "hello-python", "layers");
        await using var daemon = await StartAsync(isolation);

        foreach (var sample in new[] { "hello-node", "hello-python" })
        {
            var answer = (await daemon.InvokeAsync(sample, """{"name":"Ada"}""")).Succeeded();
            Assert.Equal("Hello, Ada!", answer.Json.GetProperty("message").GetString());
            var environment = Assert.Single(await daemon.EnvironmentsAsync(sample));
            Assert.Equal("namespaces", environment.GetProperty("isolation").GetString());
        }

        Assert.Contains("no network beyond their own loopback: only root makes links", daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_container_images()
    {
        var image = BashImage.Of("word").ToLayoutTar(functions["", "image.tar"]);
        await using var daemon = await StartAsync(ByDefault);
        var made = await daemon.CallAsync(HttpMethod.Post, "/2015-03-31/functions", $$"""
            {"FunctionName":"shop","Role":"{{CreatedFunctions.Role}}","PackageType":"Image","Code":{"ImageUri":"{{image}}"},"Timeout":30}
            """);
        Assert.True(made.Status == 201, made.ToString());
        await daemon.ReadyAsync("shop");
        var answer = await daemon.InvokeAsync("shop", "\"read -rN 1 x < /dev/urandom; echo > /dev/null; echo $(</word) $UID /dev/*\"");
        Assert.Equal("word 1000 /dev/fd /dev/full /dev/null /dev/random /dev/stderr /dev/stdin /dev/stdout /dev/urandom /dev/zero",
            answer.Succeeded().Text.Trim());
    }

    [Fact]
    public async Task Says_which_part_of_an_image_it_may_not_read()
    {
        var image = BashImage.Of("word");
        var layout = image.ToLayout(functions["", "image"]);
        await using var daemon = await StartAsync(ByDefault);
        File.SetUnixFileMode(Path.Combine(layout, image.LastLayer), UnixFileMode.None);
        var made = await daemon.CallAsync(HttpMethod.Post, "/2015-03-31/functions", $$"""
            {"FunctionName":"shop","Role":"{{CreatedFunctions.Role}}","PackageType":"Image","Code":{"ImageUri":"{{layout}}"},"Timeout":30}
            """);
        Assert.True(made.Status == 201, made.ToString());
        const string Function = "/2015-03-31/functions/shop";
        await daemon.UntilAsync(
            async () => (await daemon.GetAsync($"{Function}/configuration")).Member("State") == "Failed", "it has failed");
        var shown = (await daemon.GetAsync(Function)).Succeeded().Json.GetProperty("Configuration");
        Assert.Equal("ImageAccessDenied", shown.GetProperty("StateReasonCode").GetString());
        Assert.Contains(
            $"the daemon may not read \"{layout}/blobs", shown.GetProperty("StateReason").GetString(), StringComparison.Ordinal);
        (await daemon.InvokeAsync("shop", "\"echo\"")).WasRefused(
            409, "ResourceConflictException", "following state: Failed. Lambda does not have permission to access the image");
    }

    [Fact, Trait("Spec", "ENV-116")]
    public async Task Shows_them_nothing_of_the_machine()
    {
        await using var daemon = await StartAsync(ByDefault);
        var printed = await AttackAsync(daemon, $$"""
            ways = ["", "/proc/1/root", "/proc/self/root/../..", "/tmp/../../..", "/dev/fd/../../..", "/var/task/../../.."]
            paths = ["{{functions.Path}}", "{{functions.Data}}", "/root", "/home", "/boot", "/var/log", "/etc/shadow", "/run/docker.sock"]
            print([way + path for way in ways
                for path in paths if attempt(lambda: os.stat(way + path)) not in ("ENOENT", "EACCES", "ENOTDIR")])
            pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
            print(len(pids), min(pids), attempt(lambda: os.kill({{daemon.Pid}}, 0)), attempt(lambda: open("/proc/1/environ").read()))
            print(socket.gethostname(), os.getuid(), os.getgid(), sorted(os.listdir("/dev")), os.listdir("/sys"))
            print([line.split()[1] for line in open("/proc/self/status") if line.startswith(("Cap", "NoNewPrivs", "Seccomp:"))])
            print(dial("127.0.0.1", {{daemon.Address.Port}}), [name for _, name in socket.if_nameindex() if name == "eth0"])
            print({attempt(lambda: open(f"{place}/new", "w")) for place in ("/", "/var/task", "/opt", "/etc", "/usr", "/dev")})
            print(open("/dev/zero", "rb").read(1), open("/dev/null", "w").write("x"))
            print(call(272, 97, 0x10000000), call(165, 40, 0, 0, 0, 0, 0))
            """);

        Assert.Equal(
            """
            []
            3 1 ESRCH EACCES
            sandbox 1000 1000 ['fd', 'full', 'null', 'random', 'stderr', 'stdin', 'stdout', 'urandom', 'zero'] []
            ['0000000000000000', '0000000000000000', '0000000000000000', '0000000000000000', '0000000000000000', '1', '2']
            ECONNREFUSED []
            {'EROFS'}
            b'\x00' 1
            EPERM EPERM

            """,
            printed);
    }

    [Fact, Trait("Spec", "ENV-116")]
    public async Task Lets_them_fill_a_tmp_of_their_own_and_no_more()
    {
        await using var daemon = await StartAsync(ByDefault);
        Assert.Equal("ENOSPC 512\nENOSPC\nENOSPC\n", await AttackAsync(daemon, """
            block, written = bytes(1 << 20), 0
            def fill():
                global written
                fd = os.open("/tmp/big", os.O_WRONLY | os.O_CREAT)
                while True: written += os.write(fd, block)
            print(attempt(fill), written >> 20)
            print(attempt(lambda: os.posix_fallocate(os.open("/tmp/more", os.O_WRONLY | os.O_CREAT), 0, 1 << 30)))
            os.remove("/tmp/big")
            def files():
                for n in range(10 ** 6): os.close(os.open(f"/tmp/{n}", os.O_CREAT))
            print(attempt(files))
            """));
        Assert.Equal("[]\n", await AttackAsync(daemon, "print(os.listdir('/tmp'))", by: "neighbour"));
    }

    [Fact]
    public async Task Lends_them_the_network_of_the_machine_where_it_is_told_to()
    {
        await using var daemon = await StartAsync(ByDefault, "--network", "host");
        Assert.Equal("connected\n", await AttackAsync(daemon, $"""
            print(attempt(lambda: socket.create_connection(("127.0.0.1", {daemon.Address.Port})) and "connected"))
            """));
        Assert.DoesNotContain("no network", daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Needs", "time")]
    public async Task Holds_them_to_so_many_processes_and_descriptors()
    {
        await using var daemon = await StartAsync(ByDefault);
        var printed = await AttackAsync(daemon, """
            import resource
            children = []
            def fork():
                while True:
                    child = os.fork()
                    if child == 0: time.sleep(1000)
                    children.append(child)
            why = attempt(fork)
            for child in children: os.kill(child, 9)
            print(resource.getrlimit(resource.RLIMIT_NOFILE)[1], why, len(children))
            """);

        Assert.StartsWith("1024 EAGAIN ", printed, StringComparison.Ordinal);
        Assert.InRange(int.Parse(printed.Split(' ')[2], CultureInfo.InvariantCulture), 900, 1_032);
    }

    [Fact]
    public async Task Kills_what_outgrows_its_memory_where_it_is_told_to()
    {
        functions.Node("eater", Eater, memory: 256);
        await using var daemon = await StartAsync(ByDefault, "--enforce-memory");

        (await daemon.InvokeAsync("eater")).FailedWith("Runtime.ExitError", "signal: killed");
        await daemon.SaysAsync("Runtime.OutOfMemory");
    }

    [Fact]
    public async Task Leaves_nothing_when_it_ends_nor_when_it_is_killed()
    {
        functions.Workers("worker");
        await using (var daemon = await StartAsync(ByDefault))
        {
            (await daemon.InvokeAsync("worker")).Succeeded();
            daemon.Signal(RunningDaemon.SIGTERM);
            Assert.Equal(0, await daemon.EndAsync());
        }

        var killed = await StartAsync(ByDefault);
        (await killed.InvokeAsync("worker")).Succeeded();
        await killed.KillAsync();
        await using (var next = await StartAsync(ByDefault))
        {
            await killed.AwaitClearanceByTheNextAsync();
            (await next.InvokeAsync("worker")).Succeeded();
            Assert.Equal([$"{next.Pid}"], Directory.GetDirectories(Path.Combine(functions.Data, "runs")).Select(Path.GetFileName));
        }

        Assert.DoesNotContain(functions.Path, await File.ReadAllTextAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken));
    }

    [Fact]
    [Trait("Needs", "time")]
    public async Task Freezes_and_limits_them_by_groups_that_are_his_own()
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root delegates groups");
        using var groups = DelegatedGroups.To(PlainUserOfTest.Id);
        using var delegated = PlainUserOfTest.Nobody(groups);
        PlainUserOfTest.Own(functions.Data);
        functions.Workers("worker");
        var killed = await RunningDaemon.StartAsync(delegated, functions, "--isolation", ByDefault);
        Assert.DoesNotContain("are not frozen", killed.Said, StringComparison.Ordinal);
        (await killed.InvokeAsync("worker")).Succeeded();
        await killed.UntilAsync(async () => await StateOfAsync(killed, "worker") == "Frozen", "it is frozen");
        (await killed.InvokeAsync("worker")).Succeeded();
        await killed.KillAsync();

        await using var next = await RunningDaemon.StartAsync(delegated, functions, "--isolation", ByDefault);
        await killed.AwaitClearanceByTheNextAsync();
        Assert.SkipWhen(
            next.Said.Contains("go without a limit of memory", StringComparison.Ordinal), "memory cannot be delegated on this machine");
        functions.Node("eater", Eater, memory: 256);
        (await next.InvokeAsync("eater")).FailedWith("Runtime.ExitError", "signal: killed");
        await next.SaysAsync("Runtime.OutOfMemory");
    }

    [Fact]
    public async Task Says_what_is_missing_where_the_kernel_gives_no_namespaces()
    {
        const string Missing = "this machine allows no user namespaces (fix, as root: sysctl -w user.max_user_namespaces=10000)";
        using var without = PlainUserOfTest.WithoutNamespaces();
        functions.Workers("worker");
        var (status, line) = await RunningDaemon.RefusesToStartAsync(without, functions, "--isolation", "namespaces");
        Assert.Equal(2, status);
        Assert.Contains($"--isolation namespaces does not work here: {Missing}", line, StringComparison.Ordinal);

        await using var daemon = await RunningDaemon.StartAsync(without, functions, "--isolation", ByDefault);
        (await daemon.InvokeAsync("worker")).Succeeded();
        await daemon.SaysAsync($"functions are isolated by processes only, which hold nobody malicious: {Missing}");
    }

    [Fact]
    public async Task Is_one_that_the_doctor_knows()
    {
        var (_, well, _) = await AwsCommand.RunAsync([.. user.Value.Program, "doctor"]);
        Assert.Contains("this user can make user, pid, mount, net, ipc and uts namespaces", well, StringComparison.Ordinal);
        using var without = PlainUserOfTest.WithoutNamespaces();
        var (_, ill, _) = await AwsCommand.RunAsync([.. without.Program, "doctor"]);
        Assert.Contains("this machine allows no user namespaces\n", ill, StringComparison.Ordinal);
        Assert.Contains("fix: sysctl -w user.max_user_namespaces=10000\n", ill, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Needs_not_be_one_to_run_a_function_once()
    {
        AddSamples("hello-node", "layers");
        var program = user.Value.Program;
        PlainUserOfTest.Own(functions.Data);
        using var run = ThawRun.Start(
            program[..^1], program[^1], Path.Combine(functions.Path, "hello-node"),
            "--isolation", "namespaces", "--data", functions.Data, "--event", "-",
            "--layer", Path.Combine(functions.Path, "layers/telemetry-node"));
        var ended = await run.EndWithInputAsync("""{"name":"Ada"}""");
        Assert.Equal("Hello, Ada!", ended.Answer.GetProperty("message").GetString());

        // The daemon has dialled into the sandbox.
        Assert.Contains("[telemetry-node] platform.start ", ended.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hands_on_none_of_its_privileges_where_it_finds_too_late_that_there_are_no_sandboxes()
    {
        functions.Node("bare", """
            import { readFileSync } from 'node:fs';
            export const handler = async () => readFileSync('/proc/self/status', 'utf8').match(/Cap(Prm|Eff|Amb):\s+\w+/g).join();
            """);
        var program = user.Value.Program;
        using var run = ThawRun.Start(
            program[..^1], program[^1], Path.Combine(functions.Path, "bare"), "--isolation", ByDefault, "--data", "/proc/nowhere");
        var ended = await run.EndWithInputAsync(null);

        ended.LogHasInOrder("functions are isolated by processes only.*cannot create /proc/nowhere");
        Assert.Equal(
            "CapPrm:\t0000000000000000,CapEff:\t0000000000000000,CapAmb:\t0000000000000000", ended.Answer.GetString());
    }

    private async Task<RunningDaemon> StartAsync(string isolation, params string[] options)
    {
        PlainUserOfTest.Own(functions.Data);
        return await RunningDaemon.StartAsync(user.Value, functions, ["--isolation", isolation, .. options]);
    }

    private static async Task<string?> StateOfAsync(RunningDaemon daemon, string function) =>
        Assert.Single(await daemon.EnvironmentsAsync(function)).GetProperty("state").GetString();

    private async Task<string> AttackAsync(RunningDaemon daemon, string script, string by = "attacker")
    {
        Attackers.Write(functions, by);
        return (await daemon.InvokeAsync(by, JsonSerializer.Serialize(script))).Succeeded().Json.GetString()!;
    }

    private void AddSamples(params string[] names)
    {
        using var copy = Process.Start("cp", ["-r", .. names.Select(ThawProgram.Sample), functions.Path]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
    }
}
