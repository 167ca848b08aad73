namespace Thaw.SystemTests.Attacks;

/// <summary>What hostile code sees of the machine, of the daemon and of others.</summary>
[Collection(typeof(AttackedMachines))]
public sealed class Sight_of_a_function(AttackedMachine machine)
{
    [Fact, Trait("Spec", "ENV-116")]
    public async Task Ends_at_its_own_files()
    {
        await machine.DaemonAsync();
        var printed = await machine.AttackAsync(
            """
            paths = ["CANARY", "FUNCTIONS", "DATA", "/root", "/home", "/boot", "/var/log", "/etc/shadow", "/etc/hostname.host",
                "/run/docker.sock"]
            ways = ["", "/proc/1/root", "/proc/1/cwd", "/proc/self/root/../..", "/tmp/../../..", "/dev/fd/../../..", "/var/task/../../.."]
            print([way + path for way in ways
                for path in paths if attempt(lambda: os.stat(way + path)) not in ("ENOENT", "EACCES", "ENOTDIR")])
            link = "/tmp/link"
            os.symlink("CANARY", link)
            print(attempt(lambda: open(link).read()))
            handle = ctypes.create_string_buffer(136)
            print(call(303, 264, -100, ctypes.addressof(ctypes.create_string_buffer(b"/usr")), ctypes.addressof(handle), 0, 0))
            print(call(304, 265, 0, ctypes.addressof(handle), 0))
            """,
            ("CANARY", machine.Canary),
            ("FUNCTIONS", machine.Functions.Path),
            ("DATA", machine.Functions.Data));

        Assert.Equal("[]\nENOENT\nEPERM\nEPERM\n", printed);
    }

    [Fact]
    public async Task Ends_at_its_own_processes_and_their_variables()
    {
        var daemon = await machine.DaemonAsync();
        Assert.Contains(AttackedMachine.Secret, await File.ReadAllTextAsync(
            $"/proc/{daemon.Pid}/environ", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var printed = await machine.AttackAsync(
            """
            pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
            print(len(pids), min(pids))
            print(attempt(lambda: os.listdir("/proc/PID")), attempt(lambda: os.kill(PID, 0)), call(434, 434, PID, 0))
            readable = [open(f"/proc/{pid}/environ").read() for pid in pids if pid != 1]
            print("SECRET" in "".join(readable), attempt(lambda: open("/proc/1/environ").read()), "THAW_CANARY" in os.environ)
            """,
            ("PID", daemon.Pid),
            ("SECRET", AttackedMachine.Secret));

        Assert.Equal("3 1\nENOENT ESRCH ESRCH\nFalse EACCES False\n", printed);
    }

    [Fact]
    public async Task Has_none_of_the_daemons_descriptors()
    {
        // The first process of the function, as the agent has started it; the attack is its child.
        Assert.Equal("['0', '1', '2']\n/dev/null\n", await machine.AttackAsync(
            """
            numbers = os.listdir(f"/proc/{os.getppid()}/fd")
            kinds = {n: attempt(lambda: os.readlink(f"/proc/{os.getppid()}/fd/{n}")) for n in numbers}
            print(sorted(n for n, kind in kinds.items() if "said" not in kind and not (kind.startswith("socket:") and n > "2")))
            print(kinds["0"])
            """));
    }

    [Fact]
    public async Task Has_nothing_of_a_neighbours()
    {
        Assert.Equal("done\n", await machine.AttackByAsync("neighbour", """
            open("/tmp/secret", "w").write("SECRET")
            os.chmod("/tmp/secret", 0o666)
            print("done" if libc.shmget(4711, 4096, 0o1666) >= 0 else "none")
            """));
        Assert.Equal("ENOENT False False\n", await machine.AttackAsync("""
            print(attempt(lambda: open("/tmp/secret").read()), libc.shmget(4711, 4096, 0) >= 0, "secret" in os.listdir("/tmp"))
            """));
    }

    [Fact]
    public async Task Has_no_groups_no_devices_and_nothing_to_debug_with()
    {
        var printed = await machine.AttackAsync("""
            print(os.listdir("/sys"), sorted(os.listdir("/dev")))
            print(open("/proc/self/cgroup").read().count("/thaw"), "cgroup" in open("/proc/self/mounts").read())
            secrets = ["kcore", "kmsg", "kpageflags", "kpagecount", "vmallocinfo", "slabinfo", "timer_list", "sched_debug",
                "1/maps", "1/mem", "1/stack"]
            print([name for name in secrets if attempt(lambda: open("/proc/" + name, "rb").read(1)) not in ("EACCES", "ENOENT", "EPERM")])
            """);

        Assert.Equal(
            "[] ['fd', 'full', 'null', 'random', 'stderr', 'stdin', 'stdout', 'urandom', 'zero']\n0 False\n[]\n", printed);
    }
}
