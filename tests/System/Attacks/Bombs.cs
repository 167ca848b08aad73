using System.Globalization;

namespace Thaw.SystemTests.Attacks;

/// <summary>Whatever explodes has the limits of its environment.</summary>
[Collection(typeof(AttackedMachines))]
public sealed class Bombs(AttackedMachine machine)
{
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
            def sleeper():
                child = os.fork()
                if child == 0: time.sleep(1000)
                return child
            count, why = without_end(sleeper)
            print(count, why)
            os.kill(-os.getpgid(0), 0)
            for pid in os.listdir("/proc"):
                if pid.isdigit() and int(pid) not in (1, os.getpid(), os.getppid()): os.kill(int(pid), 9)
            """);

        Assert.EndsWith(" EAGAIN\n", printed, StringComparison.Ordinal);
        Assert.InRange(int.Parse(printed.Split(' ')[0], CultureInfo.InvariantCulture), 1_000, 1_024);
        Assert.Equal("again\n", await machine.AttackByAsync("processes", "print('again')"));
    }

    [Fact, Trait("Spec", "ENV-118")]
    public async Task Of_descriptors_end_at_1024()
    {
        var printed = await machine.AttackAsync(WithoutEnd + """
            print(without_end(lambda: os.dup(0)))
            import resource
            print(attempt(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096)) if os.getuid() else 0))
            """.Replace("attempt(lambda: resource", "refused(lambda: resource", StringComparison.Ordinal).Insert(0, """
            def refused(what):
                try: return what()
                except ValueError: return "refused"

            """));

        Assert.Equal("(1021, 'EMFILE')\nrefused\n", printed);
    }

    [Theory]
    [InlineData("anonymous", "held.append(b'x' * (1 << 20))")]
    [InlineData("memfd", "fd = os.memfd_create('x'); os.write(fd, bytes(1 << 20)); held.append(fd)")]
    [InlineData("shared", "m = mmap.mmap(-1, 1 << 20); m.write(bytes(1 << 20)); held.append(m)")]
    [InlineData("systemV", "i = libc.shmget(0, 1 << 20, 0o600); a = libc.shmat(i, 0, 0); ctypes.memset(a, 1, 1 << 20)")]
    public async Task Of_memory_are_killed(string kind, string more)
    {
        var printed = await machine.AttackByAsync($"small-{kind}", $$"""
            import mmap
            libc.shmat.restype = ctypes.c_void_p
            libc.memset.argtypes = None
            held = []
            for _ in range(400): {{more}}
            print("no end")
            """);

        Assert.Equal("status 9", printed);
    }

    [Theory]
    [InlineData("tcp", """
        door = socket.create_server(("127.0.0.1", 0))
        def pair():
            a = socket.create_connection(door.getsockname())
            b, _ = door.accept()
            return a, b
        """)]
    [InlineData("unix", "pair = socket.socketpair")]
    [InlineData("pipe", """
        import fcntl
        class End:
            def __init__(self, fd): self.fd = fd
            def setblocking(self, _): os.set_blocking(self.fd, False)
            def send(self, data): return os.write(self.fd, data)
        def pair():
            r, w = os.pipe()
            attempt(lambda: fcntl.fcntl(w, 1031, 1 << 20))
            return End(w), End(r)
        """)]
    public async Task Of_memory_that_the_kernel_holds_for_them_have_the_same_limit(string kind, string pairs)
    {
        // What does not fit is not taken, or ends the attack.
        var printed = await machine.AttackByAsync($"small-{kind}", $$"""
            {{pairs}}
            total, held = 0, []
            def report(): print(total >> 20, flush=True)
            for _ in range(500):
                try: a, b = pair()
                except OSError: break
                held.append((a, b))
                for s in (a, b): s.setblocking(False)
                try:
                    while True: total += a.send(bytes(1 << 18))
                except OSError: pass
                if len(held) % 5 == 0: report()
            """);

        TestContext.Current.TestOutputHelper?.WriteLine(printed);
        var megabytes = printed.Split('\n').Where(line => int.TryParse(line, out _)).Select(int.Parse).Last();
        Assert.InRange(megabytes, 1, 160);
    }
}
