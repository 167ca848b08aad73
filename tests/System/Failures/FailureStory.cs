using System.Text;
using System.Text.Json;
using Thaw.Linux;
using Thaw.SystemTests.Runs;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Failures;

/// <summary>How one case went: an invoke before it, if there can be one, the one that fails, and the next.</summary>
/// <param name="Environment">Where the one that failed ran, as <c>/thaw/environments</c> shows it behind the next.</param>
internal sealed record FailureStory(Answer? Before, Answer Failed, Answer Next, JsonElement Environment, JsonElement NextEnvironment)
{
    /// <summary>From the last event of an invoke until its environment may have the next.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    public string RequestId => Failed.Header("x-amzn-RequestId")!;

    public string[] Tail => Encoding.UTF8.GetString(Convert.FromBase64String(Failed.Header("X-Amz-Log-Result")!))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<FailureStory> OfAsync(FailureCase failure, RunningDaemon daemon, FunctionsFolder functions)
    {
        using var files = new FailureFiles(daemon);
        FailingFunctions.Write(functions, failure, files);
        Answer? before = null;
        if (!failure.IsFromTheBeginning)
        {
            before = (await daemon.InvokeAsync(failure.Function)).Succeeded();
            await QuietAsync(daemon, failure.Function);
            files.Deed.Write(failure.Asked);
        }

        var failing = daemon.InvokeAsync(failure.Function, "{}", ("X-Amz-Log-Type", "Tail"));
        if (failure.Deed == "break sandbox")
            await BreakSandboxAsync(daemon, failure.Function, files);
        var failed = await failing;
        if (!failure.IsFromTheBeginning)
            files.Deed.Delete();
        else if (failure["next"] != "the same failure")
            files.Deed.Write("nothing");
        await QuietAsync(daemon, failure.Function);
        var next = await daemon.InvokeAsync(failure.Function);

        var environments = (await daemon.GetAsync("/thaw/environments")).Json.EnumerateArray().ToArray();
        return new(before, failed, next, Of(failed), Of(next));

        JsonElement Of(Answer answer) => environments.Single(one => PhaseOf(one, answer.Header("x-amzn-RequestId")!) is not null);
    }

    // Callers have their answers earlier, and who comes too soon gets an environment of his own.
    private static async Task QuietAsync(RunningDaemon daemon, string function)
    {
        await daemon.UntilAsync(IsQuietAsync, $"{function} has nothing to do");
        await Task.Delay(Moment, TestContext.Current.CancellationToken);

        async Task<bool> IsQuietAsync() => (await daemon.EnvironmentsAsync(function))
            .All(one => one.GetProperty("state").GetString() is "Ready" or "Frozen" or "InitFailed");
    }

    // Nobody inside of a sandbox can kill who started him.
    private static async Task BreakSandboxAsync(RunningDaemon daemon, string function, FailureFiles files)
    {
        await daemon.UntilAsync(IsAtWorkAsync, $"{function} is at work");
        foreach (var pid in MarkedProcesses.With($"STATE={files.State.Path}"))
            Assert.Equal(0, Syscalls.kill(ProcFile.ReadStat(pid)!.Value.Parent, Syscalls.SIGKILL));

        async Task<bool> IsAtWorkAsync() => (await daemon.EnvironmentsAsync(function))
            .Any(one => one.GetProperty("state").GetString() == "Invoking");
    }

    /// <summary>The Invoke of a request, in an environment of <c>/thaw/environments</c>; null when there is none.</summary>
    public static JsonElement? PhaseOf(JsonElement environment, string requestId)
    {
        foreach (var phase in environment.GetProperty("phases").EnumerateArray())
        {
            if (phase.TryGetProperty("requestId", out var id) && id.GetString() == requestId)
                return phase;
        }

        return null;
    }
}
