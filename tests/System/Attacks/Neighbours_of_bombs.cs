using System.Diagnostics;
using System.Globalization;

namespace Thaw.SystemTests.Attacks;

/// <summary>An environment that takes all that it can get takes it from itself: what another one's callers feel of it.</summary>
[Collection(typeof(BombedMachines))]
public sealed class Neighbours_of_bombs(BombedMachine machine)
{
    /// <summary>Of each, in turns, so that what else the machine does meanwhile falls on both alike.</summary>
    private const int FewestInvokes = 15;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1";
    private static readonly int Rounds = IsFull ? 15 : 5;

    private const double MostFactor = 2;

    // Each explodes for a while, in a group of processes that somebody outside of it ends then.
    private const string Fuse = """
        bomb = os.fork()
        attempt(lambda: os.setpgid(bomb, bomb))
        if bomb:
            print("explodes", flush=True)
            time.sleep(0.3)
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

    [Fact]
    public async Task Answer_about_as_fast_as_before()
    {
        await AnswerAsync([.. Bombs.Keys]);
        if (!IsFull)
            return;
        foreach (var kind in Bombs.Keys)
            await AnswerAsync(kind);
    }

    [Fact, Trait("Spec", "ENV-119")]
    public async Task Leave_the_bomb_its_share_of_the_processors()
    {
        foreach (var (function, most) in new[] { ("small-burner", 128 / 1_769.0), ("burner", 1) })
        {
            var share = await machine.AttackByAsync(function, """
                began = time.monotonic()
                for _ in range(2):
                    if os.fork() == 0:
                        while time.monotonic() < began + 1: pass
                        os._exit(0)
                for _ in range(2): os.wait()
                times = os.times()
                print((times.children_user + times.children_system) / (time.monotonic() - began))
                """);

            // Not more; less, where the machine has other things to do.
            Assert.InRange(double.Parse(share, CultureInfo.InvariantCulture), most / 10, most * 1.3);
        }
    }

    private async Task AnswerAsync(params string[] kinds)
    {
        await machine.DaemonAsync();
        for (var warm = 0; warm < 10; warm++)
            await NeighbourAsync();
        await Task.WhenAll(kinds.Select(kind => machine.AttackByAsync($"small-{kind}", "pass")));

        var (factors, said) = (new List<double>(), "");
        for (var round = 0; round < Rounds; round++)
        {
            var quiet = await MedianAsync(Task.CompletedTask);
            var bombs = Task.WhenAll(kinds.Select(kind => machine.RunAsync($"small-{kind}", Fuse + Bombs[kind])));
            factors.Add(await MedianAsync(bombs) / quiet);
            said = string.Join('\n', (await bombs).Select(bomb => bomb.Text));
        }

        factors.Sort();
        Assert.True(factors[Rounds / 2] < MostFactor, string.Join(' ', factors.Select(factor => $"{factor:0.00}")) + " " + said);
    }

    private async Task<double> MedianAsync(Task meanwhile)
    {
        var times = new List<double>();
        while (times.Count < FewestInvokes || !meanwhile.IsCompleted)
        {
            var began = Stopwatch.GetTimestamp();
            await NeighbourAsync();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private Task<string> NeighbourAsync() => machine.AttackByAsync("neighbour", "pass");
}
