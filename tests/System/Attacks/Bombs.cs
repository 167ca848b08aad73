using System.Globalization;

namespace Thaw.SystemTests.Attacks;

/// <summary>Whatever explodes has the limits of its environment.</summary>
[Collection(typeof(AttackedMachines))]
public sealed class Bombs(AttackedMachine machine)
{
    /// <summary>The group has room for the agent's threads beside the function's.</summary>
    private const int Beside = 8;

    private const string WithoutEnd = """
        def without_end(what):
            held = []
            try:
                while True: held.append(what())
            except OSError as problem: return len(held), errno.errorcode[problem.errno]

        """;

    [Fact]
    public async Task Of_processes_and_threads_end_at_1024()
    {
        var printed = await machine.AttackByAsync("processes", WithoutEnd + """
            children = []
            def sleeper():
                child = os.fork()
                if child == 0: time.sleep(1000)
                children.append(child)
            for _ in range(100): sleeper()
            threading.stack_size(1 << 16)
            count = 0
            try:
                while True: count += threading.Thread(target=time.sleep, args=(1000,), daemon=True).start() is None
            except RuntimeError: pass
            why = without_end(sleeper)[1]
            for child in children: os.kill(child, 9)
            print(count + len(children), why)
            """);

        Assert.EndsWith(" EAGAIN\n", printed, StringComparison.Ordinal);
        Assert.InRange(int.Parse(printed.Split(' ')[0], CultureInfo.InvariantCulture), 1_000, 1_024 + Beside);
        Assert.Equal("again\n", await machine.AttackByAsync("processes", "print('again')"));
    }

    [Fact, Trait("Spec", "ENV-118")]
    public async Task Of_descriptors_end_at_1024()
    {
        var printed = await machine.AttackAsync(WithoutEnd + """
            import resource
            try: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
            except ValueError: print("refused")
            print(without_end(lambda: os.dup(0)))
            """);

        Assert.Equal("refused\n(1021, 'EMFILE')\n", printed);
    }

    [Theory]
    [InlineData("anonymous", "held.append(b'x' * (1 << 20))")]
    [InlineData("memfd", "fd = os.memfd_create('x'); os.write(fd, bytes(1 << 20)); held.append(fd)")]
    [InlineData("shared", "m = mmap.mmap(-1, 1 << 20); m.write(bytes(1 << 20)); held.append(m)")]
    [InlineData("systemV", "i = libc.shmget(0, 1 << 20, 0o600); ctypes.memset(libc.shmat(i, 0, 0), 1, 1 << 20)")]
    public async Task Of_memory_are_killed(string kind, string more)
    {
        // Whom the kernel takes: the attack itself, or the runtime, when what is held is no process's own.
        var ended = await machine.RunAsync($"small-{kind}", $$"""
            import mmap
            libc.shmat.restype = ctypes.c_void_p
            held = []
            for _ in range(400): {{more}}
            print("no end")
            """);

        if (ended.Header("X-Amz-Function-Error") is null)
            Assert.Equal("status 9", ended.Succeeded().Json.GetString());
        else
            ended.FailedWith("Runtime.ExitError", "signal: killed$");
        Assert.Equal("neighbour\n", await machine.AttackByAsync("neighbour", "print('neighbour')"));
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("unix")]
    [InlineData("pipe")]
    public async Task Of_memory_that_the_kernel_holds_for_them_have_the_same_limit(string kind)
    {
        var ended = await machine.RunAsync($"small-{kind}", """
            door = socket.create_server(("127.0.0.1", 0)) if "KIND" == "tcp" else None
            def pair():
                if "KIND" == "unix": return [s.detach() for s in socket.socketpair()]
                if "KIND" == "pipe": return os.pipe()[::-1]
                a = socket.create_connection(door.getsockname())
                return a.detach(), door.accept()[0].detach()
            total, end, block = 0, time.monotonic() + 2, bytes(1 << 18)
            while time.monotonic() < end:
                try: ends = pair()
                except OSError: break
                for fd in ends:
                    os.set_blocking(fd, False)
                    try:
                        while True: total += os.write(fd, block)
                    except OSError: pass
            print(total >> 20)
            """, ("KIND", kind));

        // What does not fit is not taken, or kills the attack or the runtime.
        if (ended.Header("X-Amz-Function-Error") is not null)
            ended.FailedWith("Runtime.ExitError", "signal: killed$");
        else if (ended.Succeeded().Json.GetString() is var said && said != "status 9")
            Assert.InRange(int.Parse(said!, CultureInfo.InvariantCulture), 0, 160);
    }
}
