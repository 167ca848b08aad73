using System.Globalization;
using System.Text.Json;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>A daemon keeps environments for those who come next, and makes new ones for those who come at the same time.</summary>
public sealed class Warm_functions(DaemonOfWorkers shared) : IClassFixture<DaemonOfWorkers>
{
    private readonly RunningDaemon daemon = shared.Running;

    [Fact]
    public async Task Stay_in_one_environment_while_callers_come_one_by_one()
    {
        var answers = new List<(string Process, int Count)>();
        for (var number = 1; number <= 20; number++)
        {
            var answer = (await daemon.InvokeAsync("counter")).Succeeded().Json;
            answers.Add((answer.GetProperty("born").GetString()!, answer.GetProperty("count").GetInt32()));
        }

        // On a machine that is busy elsewhere an environment may take so long to be free that the pool helps out with another.
        var environments = answers.GroupBy(answer => answer.Process).ToArray();
        Assert.All(environments, one => Assert.Equal(Enumerable.Range(1, one.Count()), one.Select(answer => answer.Count)));
        Assert.InRange(environments.Length, 1, 3);
        Assert.Equal(environments.Length, (await daemon.EnvironmentsAsync("counter")).Length);
    }

    [Fact, Trait("Spec", "ENV-134")]
    public async Task Have_an_environment_for_each_of_several_callers_who_all_get_their_own_answer()
    {
        const int Callers = 6;
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(
            async number => (number, answer: await daemon.InvokeAsync("crowd", $$"""{"ms":2000,"number":{{number}}}"""))));

        Assert.All(answers, one => Assert.Equal(
            one.number, one.answer.Succeeded().Json.GetProperty("event").GetProperty("number").GetInt32()));
        Assert.Equal(Callers, answers.Select(one => one.answer.Member("born")).Distinct().Count());
        Assert.Equal(Callers, (await daemon.EnvironmentsAsync("crowd")).Length);
    }

    [Fact]
    public async Task Never_mix_the_answers_of_callers_who_come_again_and_again()
    {
        const int Callers = 4, Calls = 50;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            for (var call = 0; call < Calls; call++)
            {
                var asked = $"{caller}/{call}";
                var answer = (await daemon.InvokeAsync("burst", $$"""{"text":"{{asked}}"}""")).Succeeded();
                Assert.Equal(asked, answer.Json.GetProperty("event").GetProperty("text").GetString());
                Assert.Equal(answer.Header("x-amzn-RequestId"), answer.Json.GetProperty("id").GetString());
            }
        }));

        // An environment that has answered is free in a moment, and worth waiting for, at least on a quiet machine.
        Assert.InRange((await daemon.EnvironmentsAsync("burst")).Length, 1, 2 * Callers);
    }

    [Fact]
    public async Task Are_shown_with_their_phases_and_when_those_were()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        var first = (await daemon.InvokeAsync("phases")).Succeeded();
        await daemon.RestsAsync("phases");
        (await daemon.InvokeAsync("phases", """{"how":"throw"}""")).FailedWith("RangeError", "^as asked$");
        await daemon.RestsAsync("phases");
        var running = daemon.InvokeAsync("phases", """{"ms":600,"line":"at work"}""");
        await daemon.SaysAsync("at work");
        var during = Assert.Single(await daemon.EnvironmentsAsync("phases"));
        Assert.Equal("Invoking", during.GetProperty("state").GetString());
        await running;

        Assert.Equal(("$LATEST", ThawProgram.Isolation, "on-demand"), (during.GetProperty("version").GetString(),
            during.GetProperty("isolation").GetString(), during.GetProperty("initializationType").GetString()));
        var phases = during.GetProperty("phases").EnumerateArray().ToArray();
        Assert.Equal(["Init", "Invoke", "Invoke", "Invoke"], phases.Select(phase => phase.GetProperty("name").GetString()));
        Assert.Equal(first.Header("x-amzn-RequestId"), phases[1].GetProperty("requestId").GetString());
        Assert.All(phases[..3], phase => Assert.Equal("Success", phase.GetProperty("outcome").GetString()));
        Assert.False(phases[3].TryGetProperty("end", out _));
        DateTimeOffset[] times =
        [
            before, .. phases[..3].SelectMany(phase => new[] { Time(phase, "start"), Time(phase, "end") }), Time(phases[3], "start"),
            DateTimeOffset.UtcNow.AddSeconds(1),
        ];
        Assert.Equal(times.Order(), times);
        await daemon.RestsAsync("phases");
    }

    [Fact]
    public async Task Are_healthy()
    {
        var answer = (await daemon.GetAsync("/healthz")).Succeeded();
        Assert.Equal("""{"status":"ok"}""", answer.Text);
        Assert.Equal("application/json", answer.Header("Content-Type"));
    }

    private static DateTimeOffset Time(JsonElement phase, string member) =>
        DateTimeOffset.Parse(phase.GetProperty(member).GetString()!, CultureInfo.InvariantCulture);
}
