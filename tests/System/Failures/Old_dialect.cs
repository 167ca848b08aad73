using System.Text.RegularExpressions;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Failures;

/// <summary>Failures as AWS worded them at the end of 2024, for tools that still read them so.</summary>
public sealed class Old_dialect
{
    private const string Id = "[0-9a-f-]{36}", Time = @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z";

    private static Task<EndedRun> OfAsync(WrittenFunction function) =>
        ThawRun.OfAsync(function, "--log-dialect", "2024-12", "--timeout", "2");

    [Fact, Trait("Spec", "ENV-025"), Trait("Spec", "ENV-111")]
    public async Task Has_no_type_for_a_timeout_and_a_line_with_its_time()
    {
        using var function = WrittenFunction.Python("import time\ndef handler(event, context):\n    time.sleep(90)\n");
        var run = await OfAsync(function);
        Assert.Equal(1, run.ExitStatus);
        Assert.Matches($@"^\{{""errorMessage"":""{Time} {Id} Task timed out after 2\.00 seconds""\}}\n$", run.Text);
        run.LogHasInOrder("^START ", $@"^{Time} {Id} Task timed out after 2\.00 seconds$", "^END ", "^REPORT ");
        NoReportHasAStatus(run);
    }

    [Theory, Trait("Spec", "ENV-111")]
    [InlineData("os._exit(3)", "exit status 3")]
    [InlineData("os.kill(os.getpid(), 9)", "signal: killed")]
    public async Task Has_two_lines_for_an_exit_and_a_plain_report(string statement, string how)
    {
        using var function = WrittenFunction.Python($"import os\ndef handler(event, context):\n    {statement}\n");
        var run = await OfAsync(function);
        run.FailedWith("Runtime.ExitError", $"^RequestId: {Id} Error: Runtime exited with error: {how}$");
        run.LogHasInOrder(
            "^START ", $"^RequestId: {Id} Error: Runtime exited with error: {how}$", @"^Runtime\.ExitError$", "^END ", "^REPORT ");
        NoReportHasAStatus(run);
    }

    [Fact, Trait("Spec", "ENV-045")]
    public async Task Does_not_bill_init()
    {
        using var function = WrittenFunction.Python("import time\ntime.sleep(0.5)\ndef handler(event, context):\n    return 1\n");
        var run = await ThawRun.OfAsync(function, "--log-dialect", "2024-12", "--timeout", "60");
        var report = Assert.Single(run.Answered("1").Log, line => line.StartsWith("REPORT ", StringComparison.Ordinal));
        var figures = Regex.Match(report, @"\tDuration: (?<duration>[0-9.]+) ms\tBilled Duration: (?<billed>\d+) ms\t.*\tInit Duration: ");
        Assert.Equal(Math.Ceiling(Figure("duration")), Figure("billed"));

        double Figure(string name) => double.Parse(figures.Groups[name].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void NoReportHasAStatus(EndedRun run) =>
        Assert.DoesNotContain(run.Log, line => line.StartsWith("REPORT", StringComparison.Ordinal) && line.Contains("Status"));
}
