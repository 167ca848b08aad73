using System.Diagnostics;
using System.Globalization;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Telemetry;

/// <summary>Whatever a subscriber does to its deliveries, invokes are as fast as with a good one, and the daemon stays as small.</summary>
public sealed class Hostile_subscribers
{
    public static TheoryData<string> Kinds => [.. HostileExtension.Deeds.Keys.Where(kind => kind != "good")];

    [Theory, MemberData(nameof(Kinds)), Trait("Spec", "ENV-097"), Trait("Spec", "ENV-098")]
    public async Task Slow_no_invoke_down(string kind)
    {
        const int Invokes = 150;
        using var functions = new FunctionsFolder().Subscribed("good", "good").Subscribed("hostile", kind);
        await using var daemon = await RunningDaemon.StartAsync(functions);
        var times = new Dictionary<string, List<double>> { ["good"] = [], ["hostile"] = [] };
        for (var number = 0; number < Invokes; number++)
        {
            // In turns, so that whatever else this machine does slows both.
            foreach (var (function, its) in times)
            {
                var began = Stopwatch.GetTimestamp();
                (await daemon.InvokeAsync(function, """{"line":"a line"}""")).Succeeded();
                its.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        var (good, hostile) = (Tenth(times["good"]), Tenth(times["hostile"]));
        Assert.True(hostile <= (1.25 * good) + 1, $"{hostile} ms instead of {good} ms");
    }

    [Theory, Trait("Spec", "ENV-098")]
    [InlineData("hangs"), InlineData("answers 500"), InlineData("is not there")]
    public async Task Cost_no_memory_when_their_function_writes_without_end(string kind)
    {
        const string Writer = """
            const line = 'x'.repeat(1000);
            export const handler = async ({ lines }) => { for (let i = 0; i < lines; i++) console.log(line); return 'ok'; };
            """;
        using var functions = new FunctionsFolder().Node("hostile", Writer).WithSubscriber("hostile", kind);
        await using var daemon = await RunningDaemon.StartUnwatchedAsync(functions);
        (await daemon.InvokeAsync("hostile", """{"lines":10000}""")).Succeeded();
        var before = ResidentMegabytes(daemon);

        (await daemon.InvokeAsync("hostile", """{"lines":100000}""")).Succeeded();
        Assert.InRange(ResidentMegabytes(daemon) - before, -1_000, 48);
    }

    // The quick ones: a slow one may be anybody's fault.
    private static double Tenth(List<double> of) => of.Order().ElementAt(of.Count / 10);

    private static int ResidentMegabytes(RunningDaemon daemon)
    {
        var line = File.ReadLines($"/proc/{daemon.Pid}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
