namespace Thaw.SystemTests.Runs;

/// <summary>As some supervisors start their services: what is closed belongs to nobody, and is not taken for something else.</summary>
public sealed class Run_with_closed_streams
{
    [Theory, InlineData("2>&-", true), InlineData(">&-", false), InlineData("<&- >&- 2>&-", false)]
    public async Task Goes_as_ever(string closed, bool isAnswerSeen)
    {
        // On the .NET runtime its host has taken the numbers before any of our code runs.
        Assert.SkipWhen(File.Exists($"{ThawProgram.Path}.dll"), "the program is not native");
        string[] launcher = ["/bin/sh", "-c", $"exec \"$@\" {closed}", "sh"];
        using var run = ThawRun.Start(launcher, ThawProgram.Path, ThawProgram.Sample("hello-node"), "--event", "{}");
        var ended = await run.EndAsync();

        Assert.Equal(0, ended.ExitStatus);
        Assert.Equal(isAnswerSeen ? 1 : 0, ended.Answers.Length);
    }
}
