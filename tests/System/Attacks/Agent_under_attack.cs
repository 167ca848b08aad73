using Thaw.SystemTests.Runs;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Attacks;

/// <summary>Process 1 of an environment is ours, and has its user in common with those that it started.</summary>
[Collection(typeof(AttackedMachines))]
public sealed class Agent_under_attack(AttackedMachine machine)
{
    [Fact]
    public async Task Is_deaf_to_signals_and_cannot_be_traced()
    {
        Assert.Equal("EPERM EPERM EPERM EPERM\nS\n", await machine.AttackAsync("""
            for number in range(1, 65):
                if number not in (32, 33): os.kill(1, number)
            os.kill(1, signal.SIGSTOP)
            pidfd = call(434, 434, 1, 0)
            for number in (9, 19, 20, 15): call(424, 424, pidfd, number, 0, 0)
            print(call(101, 117, 16, 1, 0, 0), call(101, 117, 0x4206, 1, 0, 0), call(302, 261, 1, 7, 0, 0), call(203, 122, 1, 0, 0))
            time.sleep(0.05)
            print(open("/proc/1/stat").read().split(") ")[1][0])
            """));
        Assert.Equal("alive\n", await machine.AttackAsync("print('alive')"));
    }

    [Fact]
    public async Task Keeps_its_descriptors_and_its_memory_from_everybody()
    {
        // Its ends of the control link, of the channel for pipes, and of the gauge: 3, 4 and 5.
        Assert.Equal(
            "{'EACCES'}\n{'EACCES'}\n{'EPERM'}\n{'EPERM'}\n{'EACCES'} {'EACCES'}\nEPERM EPERM EPERM\n",
            await machine.AttackAsync("""
                print({attempt(lambda: open(f"/proc/1/{name}/{fd}", "r+b", 0)) for name in ("fd", "task/1/fd") for fd in range(8)})
                print({attempt(lambda: os.listdir(f"/proc/1/{name}")) for name in ("fd", "task/1/fd", "map_files")})
                pidfd = call(434, 434, 1, 0)
                print({call(438, 438, pidfd, fd, 0) for fd in range(8)})
                part = ctypes.create_string_buffer(16)
                vector = ctypes.create_string_buffer(struct.pack("QQ", ctypes.addressof(part), 16))
                print({call(number, arm, 1, ctypes.addressof(vector), 1, ctypes.addressof(vector), 1, 0)
                    for number, arm in ((310, 270), (311, 271))})
                print({attempt(lambda: open(f"/proc/1/{name}", "rb").read(1)) for name in ("mem", "maps", "environ", "auxv", "io")},
                    {attempt(lambda: os.readlink(f"/proc/1/{name}")) for name in ("exe", "cwd", "root", "ns/net", "ns/mnt")})
                print(call(312, 272, 1, os.getpid(), 0, 0, 0), call(440, 440, pidfd, 0, 0, 0, 0), call(256, 238, 1, 0, 0, 0))
                """));
    }

    [Fact]
    public async Task Passes_none_of_its_descriptors_to_who_is_started_anew()
    {
        await machine.DaemonAsync();
        (await machine.RunAsync("anew", "os.kill(os.getppid(), 9)")).FailedWith("Runtime.ExitError", "signal: killed$");
        Assert.Equal("[]\n", await machine.AttackByAsync("anew", """
            names = [attempt(lambda: os.readlink(f"/proc/{os.getppid()}/fd/{n}")) for n in os.listdir(f"/proc/{os.getppid()}/fd")]
            own = ("pipe:", "socket:", "/memfd:said", "/dev/null", "ENOENT")
            print([name for name in names if not name.startswith(own)])
            """));
    }

    [Fact]
    public async Task Is_the_parent_of_all_orphans_and_the_end_of_them()
    {
        var daemon = await machine.DaemonAsync();
        Assert.Equal("True\n", await machine.AttackByAsync("orphans", """
            def orphan():
                os.setsid()
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                if os.fork(): os._exit(0)
                os.setsid()
                os.closerange(0, 100)
                while True: time.sleep(1000)
            for _ in range(20):
                if os.fork() == 0: orphan()
            for _ in range(20): os.wait()
            parents = lambda: [open(f"/proc/{pid}/stat").read().split(") ")[1].split()[1] for pid in os.listdir("/proc") if pid.isdigit()]
            print(parents().count("1") >= 20)
            """));
        var orphans = MarkedProcesses.With("AWS_LAMBDA_FUNCTION_NAME=orphans").ToArray();
        Assert.True(orphans.Length >= 20);

        machine.Functions.Delete("orphans");
        await daemon.UntilAsync(async () => (await daemon.InvokeAsync("orphans", "\"pass\"")).Status == 404, "it is gone");
        await EventuallyAsync(() => !orphans.Any(Exists), "no orphan is left");
    }

    [Fact]
    public async Task Outlives_who_kills_all_that_he_can()
    {
        // kill(-1) spares the one who calls and process 1; the runtime dies of it, and the environment with a new one goes on.
        var killed = await machine.RunAsync("killer", "os.kill(-1, signal.SIGKILL)\nprint('alone')");
        killed.FailedWith("Runtime.ExitError", "signal: killed$");
        Assert.Equal("again\n", await machine.AttackByAsync("killer", "print('again')"));
        Assert.Equal("neighbour\n", await machine.AttackByAsync("neighbour", "print('neighbour')"));
    }

    [Fact]
    public async Task Outlives_who_stops_all_that_he_can()
    {
        var stopped = machine.RunAsync("stopper", """
            others = [pid for pid in range(2, 100) if pid != os.getpid()]
            for pid in others: attempt(lambda: os.kill(pid, signal.SIGSTOP))
            time.sleep(1)
            for pid in others: attempt(lambda: os.kill(pid, signal.SIGCONT))
            print("on")
            """);
        Assert.Equal("neighbour\n", await machine.AttackByAsync("neighbour", "print('neighbour')"));
        Assert.Equal("on\n", (await stopped).Succeeded().Json.GetString());
    }
}
