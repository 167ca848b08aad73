using System.Diagnostics;

namespace Thaw.SystemTests.Attacks;

/// <summary>An environment that takes all that it can get takes it from itself: what another one's callers feel of it.</summary>
[Collection(typeof(BombedMachines))]
public sealed class Neighbours_of_bombs(AttackedMachine machine)
{
    /// <summary>Of each, in turns, so that what else the machine does meanwhile falls on both alike.</summary>
    private const int Rounds = 7, InvokesInARound = 25;

    private const double MostFactor = 2;

    // Each explodes for a while, in a group of processes that somebody outside of it ends then.
    private const string Fuse = """
        bomb = os.fork()
        attempt(lambda: os.setpgid(bomb, bomb))
        if bomb:
            print("explodes", flush=True)
            time.sleep(0.5)
            os.killpg(bomb, signal.SIGKILL)
            os._exit(0)

        """;

    private static readonly Dictionary<string, string> Bombs = new()
    {
        ["fork"] = """
            while True:
                try: os.fork()
                except OSError: pass
            """,
        ["memory"] = """
            while True:
                if os.fork() == 0:
                    held = []
                    while True: held.append(b"x" * (1 << 20))
                os.wait()
            """,
        ["tmp"] = """
            while True:
                fd = os.open("/tmp/bomb", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
                try:
                    while True: os.write(fd, bytes(1 << 16))
                except OSError: pass
                os.close(fd)
            """,
        ["log"] = """
            out = os.open(f"/proc/{os.getppid()}/fd/1", os.O_WRONLY)
            while True: os.write(out, b"x" * 1000 + b"\n")
            """,
        ["descriptor"] = """
            while True:
                held = []
                try:
                    while True: held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                except OSError: pass
                held.append([attempt(os.pipe) for _ in range(100)])
                for s in held[:-1]: s.close()
            """,
    };

    [Theory, InlineData("fork"), InlineData("memory"), InlineData("tmp"), InlineData("log"), InlineData("descriptor")]
    public async Task Answer_about_as_fast_as_before(string kind)
    {
        await machine.DaemonAsync();
        var bomber = $"small-{kind}";
        for (var warm = 0; warm < 10; warm++)
            await NeighbourAsync();
        await machine.AttackByAsync(bomber, "pass");

        var factors = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var quiet = await MedianAsync();
            var bomb = machine.RunAsync(bomber, Fuse + Bombs[kind]);
            await Task.Delay(50, TestContext.Current.CancellationToken);
            factors.Add(await MedianAsync() / quiet);
            Assert.False(bomb.IsCompleted, "the bomb was over too soon");
            await bomb;
        }

        factors.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', factors.Select(factor => $"{factor:0.00}")));
        Assert.InRange(factors[Rounds / 2], 0, MostFactor);
    }

    private async Task<double> MedianAsync()
    {
        var times = new List<double>();
        for (var call = 0; call < InvokesInARound; call++)
        {
            var began = Stopwatch.GetTimestamp();
            await NeighbourAsync();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        return times[InvokesInARound / 2];
    }

    private Task<string> NeighbourAsync() => machine.AttackByAsync("neighbour", "pass");
}
