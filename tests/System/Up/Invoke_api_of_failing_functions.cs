namespace Thaw.SystemTests.Up;

/// <summary>A function that fails: for the API that is a success with a header, and the next call succeeds.</summary>
public sealed class Invoke_api_of_failing_functions(DaemonOfWorkers shared) : IClassFixture<DaemonOfWorkers>
{
    private readonly RunningDaemon daemon = shared.Running;

    [Fact, Trait("Spec", "ENV-024"), Trait("Spec", "API-067")]
    public async Task Has_the_body_that_the_runtime_posted_and_says_Unhandled()
    {
        var before = (await daemon.InvokeAsync("worker")).Succeeded().Member("born");
        await daemon.RestsAsync("worker");
        var answer = (await daemon.InvokeAsync("worker", """{"how":"throw"}""")).FailedWith("RangeError", "^as asked$");
        Assert.Equal(("$LATEST", "application/json"), (answer.Header("X-Amz-Executed-Version"), answer.Header("Content-Type")));
        Assert.True(answer.Json.TryGetProperty("trace", out _));
        await daemon.RestsAsync("worker");
        Assert.Equal(before, (await daemon.InvokeAsync("worker")).Succeeded().Member("born"));
    }

    [Fact, Trait("Spec", "API-068"), Trait("Spec", "API-070"), Trait("Spec", "ENV-024")]
    public async Task Times_out_and_answers_the_next_call()
    {
        var before = (await daemon.InvokeAsync("brief")).Succeeded().Member("born");
        var answer = await daemon.InvokeAsync("brief", """{"how":"hang"}""", ("X-Amz-Log-Type", "Tail"));

        answer.FailedWith("Sandbox.Timedout", $"^RequestId: {answer.Header("x-amzn-RequestId")} Error: Task timed out after 1.00 seconds$");
        Assert.Equal(["errorType", "errorMessage"], answer.Json.EnumerateObject().Select(member => member.Name));
        var log = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(answer.Header("X-Amz-Log-Result")!));
        Assert.Matches(@"\nREPORT [^\n]*\tStatus: timeout\n$", log);
        Assert.NotEqual(before, (await daemon.InvokeAsync("brief")).Succeeded().Member("born"));
    }

    [Theory]
    [InlineData(0, "Runtime exited without providing a reason"), InlineData(3, "Runtime exited with error: exit status 3")]
    [Trait("Spec", "API-069"), Trait("Spec", "ENV-024")]
    public async Task Exits_and_answers_the_next_call(int status, string message)
    {
        var answer = await daemon.InvokeAsync("other", $$"""{"how":"exit","status":{{status}}}""");
        answer.FailedWith("Runtime.ExitError", $"^RequestId: {answer.Header("x-amzn-RequestId")} Error: {message}$");
        Assert.Equal(1, (await daemon.InvokeAsync("other")).Succeeded().Json.GetProperty("count").GetInt32());
    }
}
