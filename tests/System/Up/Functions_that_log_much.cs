using System.Diagnostics;
using System.Text;
using Thaw.Linux;

namespace Thaw.SystemTests.Up;

/// <summary>What a function writes to its log in one invoke, however much and whatever it is, harms nobody else.</summary>
[Trait("Needs", "time")]
public sealed class Functions_that_log_much
{
    /// <summary>What a daemon may grow by. Half of it is what a terminal that does not read may be behind.</summary>
    private const long MostBytes = 100_000_000;

    // Far more than a share of this machine takes, and less than the flood.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private const string Lines = "100 MB of lines";

    private static readonly Dictionary<string, string> Floods = new()
    {
        [Lines] = """
            block = (b"x" * 39 + b"\n") * 1600
            for _ in range(1640): os.write(1, block)
            """,
        ["10 MB without a newline"] = """
            for _ in range(160): os.write(1, b"x" * 65536)
            os.write(1, b"\n")
            """,
        ["bytes that are no text"] = """
            block = random.Random(1).randbytes(65536)
            for _ in range(320): os.write(2, block)
            os.write(2, b"\nthe end\n")
            """,
        ["zeros"] = """
            for _ in range(320): os.write(1, b"\0" * 65536)
            os.write(1, b"\n")
            """,
        ["newlines"] = """
            for _ in range(80): os.write(1, b"\n" * 65536)
            """,
        ["frames of few bytes"] = """
            head, message = (0xA55A0003 << 32 | 39).to_bytes(8, "big"), b"x" * 39
            block = (head + (time.time_ns() // 1000).to_bytes(8, "big") + message) * 1000
            for _ in range(400): os.write(62, block)
            """,
        ["frames of the largest size"] = """
            for _ in range(3): os.write(62, (0xA55A0001 << 32 | 16 << 20).to_bytes(8, "big") + b"x" * (16 << 20))
            """,
        ["frames that are none"] = """
            heads = [b"\xA5\x5A\0", b"\xA5\x5A\0\x1C\0\0\0\x05", b"\xA5\x5A\0\1\xff\xff\xff\xff", b"\xA5\x5A\1\1\0\0\0\1", b"\xA5" * 100]
            block = b"".join(random.Random(1).choices(heads, k=8000))
            for _ in range(200): os.write(62, block)
            os.write(62, b"\n")
            """,
        ["a frame that never ends"] = """
            os.write(62, (0xA55A0001 << 32 | 16 << 20).to_bytes(8, "big") + b"x" * 1000000)
            """,
    };

    public static TheoryData<string> Kinds => [.. Floods.Keys];

    [Theory, MemberData(nameof(Kinds)), Trait("Spec", "ENV-114")]
    public async Task Get_their_answer_and_their_last_line_and_others_do_meanwhile(string kind)
    {
        using var functions = new FunctionsFolder().Workers("decent").Described("flood", "python3.13", "index.handler", 60, 128).With(
            "flood", "index.py", $"import os, random, time\ndef handler(event, _):\n{Indented(Floods[kind])}\n    {LastWord(kind)}\n");
        await using var daemon = await RunningDaemon.StartUnwatchedAsync(functions);
        (await daemon.InvokeAsync("decent")).Succeeded();
        var before = ProcFile.ReadPeakMemory(daemon.Pid);

        var flooding = daemon.InvokeAsync("flood", "{}", ("X-Amz-Log-Type", "Tail"));
        while (!flooding.IsCompleted)
        {
            var began = Stopwatch.GetTimestamp();
            (await daemon.InvokeAsync("decent")).Succeeded();
            Assert.True(Stopwatch.GetElapsedTime(began) < Soon, $"It took {Stopwatch.GetElapsedTime(began)}");
        }

        var tail = Encoding.UTF8.GetString(Convert.FromBase64String((await flooding).Succeeded().Header("X-Amz-Log-Result")!));
        Assert.Contains("the end\n", tail, StringComparison.Ordinal);
        Assert.Contains("REPORT RequestId", tail, StringComparison.Ordinal);
        Assert.InRange(ProcFile.ReadPeakMemory(daemon.Pid) - before, 0, MostBytes);
    }

    [Fact]
    public async Task Make_others_wait_for_their_share_of_the_machine_and_no_longer()
    {
        using var functions = new FunctionsFolder().Workers("decent").Described("flood", "python3.13", "index.handler", 60, 128).With(
            "flood", "index.py", $"import os\ndef handler(event, context):\n{Indented(Floods[Lines])}\n");
        await using var daemon = await RunningDaemon.StartUnwatchedAsync(functions);
        (await daemon.InvokeAsync("flood")).Succeeded();
        List<double> before = [], meanwhile = [];
        for (var i = 0; i < 200; i++)
            before.Add(await MillisecondsAsync(daemon));

        // One that is over soon leaves too few to speak of.
        while (meanwhile.Count < 20)
        {
            var flooding = daemon.InvokeAsync("flood");
            while (!flooding.IsCompleted)
                meanwhile.Add(await MillisecondsAsync(daemon));
            (await flooding).Succeeded();
        }

        // Two CPUs have four processes to run then; and tests run side by side.
        const double Times = 2, Milliseconds = 20;
        Assert.InRange(Median(meanwhile), 0, (Times * Median(before)) + Milliseconds);
    }

    private static async Task<double> MillisecondsAsync(RunningDaemon daemon)
    {
        var began = Stopwatch.GetTimestamp();
        (await daemon.InvokeAsync("decent")).Succeeded();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // Between two pipes there is no order, so it takes the way of the flood. A frame that never ends takes it in.
    private static string LastWord(string kind) => kind.Contains("frame", StringComparison.Ordinal)
        ? "os.write(62, (0xA55A0001 << 32 | 8).to_bytes(8, 'big') + b'the end\\n')"
        : "os.write(1, b'the end\\n')";

    private static string Indented(string source) =>
        string.Join('\n', source.Split('\n').Select(line => $"    {line}"));
}
