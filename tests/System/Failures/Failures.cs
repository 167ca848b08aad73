using System.Text.RegularExpressions;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Failures;

/// <summary>Every way in which a real function fails, as <c>failures.txt</c> tells what becomes of it.</summary>
public sealed class Failures(DaemonOfFailures shared) : IClassFixture<DaemonOfFailures>
{
    private readonly RunningDaemon daemon = shared.Running;

    public static IEnumerable<TheoryDataRow<string>> Cases => FailureCase.All.Select(failure =>
        failure["spec"].StartsWith("ENV-", StringComparison.Ordinal)
            ? new TheoryDataRow<string>(failure.Name).WithTrait("Spec", failure["spec"])
            : new TheoryDataRow<string>(failure.Name));

    /// <summary>Each starts a real function once more: one in three does for every day.</summary>
    public static IEnumerable<TheoryDataRow<string>> CasesWithRecords =>
        Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1" ? Cases : Cases.Where((_, at) => at % 3 == 0);

    [Theory, MemberData(nameof(Cases))]
    [Trait("Spec", "ENV-023"), Trait("Spec", "ENV-024"), Trait("Spec", "ENV-104"), Trait("Spec", "ENV-110"), Trait("Spec", "ENV-111")]
    public async Task End_as_the_table_says(string name)
    {
        var failure = FailureCase.All.Single(failure => failure.Name == name);
        Assert.SkipUnless(failure.Who != "native" || FailingFunctions.CanCompile, "a C compiler would be needed");
        var story = await shared.StoryOfAsync(failure);

        CallerGot(failure["caller"], story.Failed, story.RequestId);
        LogEndsWith(failure["report"], story);
        await InitsWereReportedAsync(failure["inits"], failure.Function);
        EnvironmentSays(failure["report"], story);
        NextWas(failure["next"], story);
    }

    /// <summary>The records are those of telemetry, which a log in JSON format has as they are.</summary>
    [Theory, MemberData(nameof(CasesWithRecords)), Trait("Spec", "ENV-104"), Trait("Spec", "ENV-105")]
    public async Task Emit_the_records_of_the_table(string name)
    {
        var failure = FailureCase.All.Single(failure => failure.Name == name) with { IsInRecords = true };
        Assert.SkipUnless(failure.Who != "native" || FailingFunctions.CanCompile, "a C compiler would be needed");
        var story = await shared.StoryOfAsync(failure);
        var log = await daemon.GetAsync($"/thaw/logs/{failure.Function}");
        Assert.Matches(
            Pattern(failure["records"], story.RequestId), string.Join("; ", FailureRecords.UntilReport(log.Text, story.RequestId)));
    }

    private static void CallerGot(string expected, Answer answer, string requestId)
    {
        const string Unhandled = "Unhandled ";
        var isError = expected.StartsWith(Unhandled, StringComparison.Ordinal);
        Assert.Equal((200, isError ? "Unhandled" : null), (answer.Status, answer.Header("X-Amz-Function-Error")));
        Assert.Matches(Pattern(isError ? expected[Unhandled.Length..] : expected, requestId), answer.Text);
    }

    private static void LogEndsWith(string report, FailureStory story)
    {
        Assert.Contains($"START RequestId: {story.RequestId} Version: $LATEST", story.Tail);
        Assert.Equal($"END RequestId: {story.RequestId}", story.Tail[^2]);
        var figures = $@"^REPORT RequestId: {story.RequestId}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\t"
            + @"Memory Size: \d+ MB\tMax Memory Used: \d+ MB\t";
        Assert.Matches(figures + (report == "success" ? "$" : $"Status: {Ending(report)}$"), story.Tail[^1]);
    }

    private async Task InitsWereReportedAsync(string expected, string function)
    {
        string[] inits = [.. expected.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(init => init.Split(' ', 2))
            .Select(words => $@"^{function}: INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: {words[0]}\tStatus: {Ending(words[1])}$")];

        // A function that fails for ever has reported the init of the next invoke too.
        await daemon.UntilAsync(() => Reports().Length >= inits.Length, $"{inits.Length} inits of {function} are reported");
        Assert.All(inits.Zip(Reports()), pair => Assert.Matches(pair.First, pair.Second));
        Assert.Equal(inits.Length == 0, Reports().Length == 0);

        string[] Reports() => [.. daemon.Said.Split('\n')
            .Where(line => line.StartsWith($"{function}: INIT_REPORT ", StringComparison.Ordinal))];
    }

    private static void EnvironmentSays(string report, FailureStory story)
    {
        var words = report.Split(' ');
        var phase = FailureStory.PhaseOf(story.Environment, story.RequestId)!.Value;
        Assert.Equal(words[0], phase.GetProperty("outcome").GetString(), ignoreCase: true);
        Assert.Equal(words.ElementAtOrDefault(1), phase.TryGetProperty("errorType", out var type) ? type.GetString() : null);
    }

    private static void NextWas(string expected, FailureStory story)
    {
        var isTheSame = Id(story.Environment) == Id(story.NextEnvironment);
        if (expected == "the same failure")
        {
            Assert.Equal(
                story.Failed.Text.Replace(story.RequestId, "", StringComparison.Ordinal),
                story.Next.Text.Replace(story.Next.Header("x-amzn-RequestId")!, "", StringComparison.Ordinal));
            Assert.True(isTheSame);
            return;
        }

        var next = story.Next.Succeeded().Json;
        Assert.Equal(expected != "another environment", isTheSame);
        if (story.Before is { } before)
            Assert.Equal(expected == "same process", before.Member("born") == story.Next.Member("born"));
        if (expected == "new process")
            Assert.True(next.GetProperty("kept").GetBoolean(), "what lies in /tmp stays there");

        static string Id(System.Text.Json.JsonElement environment) => environment.GetProperty("id").GetString()!;
    }

    private static string Ending(string outcome) => Regex.Escape(outcome).Replace(@"\ ", @"\tError Type: ", StringComparison.Ordinal);

    private static string Pattern(string template, string requestId) => "^" + Regex.Escape(template)
        .Replace("<id>", requestId, StringComparison.Ordinal).Replace("<any>", ".*", StringComparison.Ordinal) + "$";
}
