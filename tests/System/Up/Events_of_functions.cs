namespace Thaw.SystemTests.Up;

/// <summary>Invokes whose callers do not wait, with real functions.</summary>
public sealed class Events_of_functions : IDisposable
{
    private const string Event = "X-Amz-Invocation-Type";

    private readonly FunctionsFolder functions = new FunctionsFolder().Workers("worker");

    public void Dispose() => functions.Dispose();

    [Fact, Trait("Spec", "API-085"), Trait("Spec", "API-078")]
    public async Task Are_taken_at_once_and_run_later_under_the_same_id()
    {
        await using var daemon = await RunningDaemon.StartAsync(functions);
        var taken = await daemon.InvokeAsync("worker", """{"line":"begun","ms":200}""", (Event, "Event"));
        Assert.Equal((202, 0), (taken.Status, taken.Body.Length));
        Assert.Null(taken.Header("X-Amz-Executed-Version"));
        await daemon.SaysAsync("begun");
        var id = taken.Header("x-amzn-RequestId")!;
        await daemon.UntilAsync(
            async () => (await daemon.GetAsync("/thaw/environments")).Text.Contains(id, StringComparison.Ordinal),
            "its phase tells its id");
    }

    [Fact, Trait("Spec", "API-085")]
    public async Task Are_all_run()
    {
        await using var daemon = await RunningDaemon.StartAsync(functions);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
            Assert.Equal(202, (await daemon.InvokeAsync("worker", $$"""{"line":"event {{i}}."}""", (Event, "Event"))).Status)));
        await daemon.UntilAsync(
            () => Enumerable.Range(0, 200).All(i => daemon.Said.Contains($"event {i}.", StringComparison.Ordinal)), "all have run");
    }

    [Theory, Trait("Spec", "API-086")]
    [InlineData(1024 * 1024, 202)]
    [InlineData((1024 * 1024) + 1, 413)]
    public async Task Have_at_most_a_megabyte(int bytes, int status)
    {
        await using var daemon = await RunningDaemon.StartAsync(functions);
        var answer = await daemon.InvokeAsync("worker", $"\"{new string('x', bytes - 2)}\"", (Event, "Event"));
        Assert.Equal(status, answer.Status);
        if (status == 413)
            answer.WasRefused(413, "RequestTooLargeException", "1048577", "1048576", "Event");
    }

    [Theory]
    [InlineData(256 * 1024, 202)]
    [InlineData((256 * 1024) + 1, 413)]
    public async Task Of_InvokeAsync_have_at_most_a_quarter_of_that(int bytes, int status)
    {
        await using var daemon = await RunningDaemon.StartAsync(functions);
        using var body = new StringContent($"\"{new string('x', bytes - 2)}\"");
        using var answer = await daemon.Http.PostAsync(
            new Uri("/2014-11-13/functions/worker/invoke-async/", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 202)
            Assert.Equal("""{"Status":202}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task That_are_no_json_or_for_nobody_are_refused()
    {
        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("worker", "{", (Event, "Event"))).WasRefused(400, "InvalidRequestContentException");
        (await daemon.InvokeAsync("missing", "{}", (Event, "Event"))).WasRefused(404, "ResourceNotFoundException");
    }

    [Fact]
    public async Task Call_the_Lambda_API_from_inside_when_their_function_may()
    {
        functions.Node("caller", """
            export const handler = async () => {
              const at = `${process.env.AWS_ENDPOINT_URL_LAMBDA}/2015-03-31/functions/worker/invocations`;
              const answer = await fetch(at, { method: 'POST', body: '{"line":"called from inside"}' });
              const hidden = await fetch(`${process.env.AWS_ENDPOINT_URL_LAMBDA}/thaw/environments`);
              return { status: answer.status, event: (await answer.json()).event, hidden: hidden.status };
            };
            """);
        var described = functions["caller", "thaw.json"];
        File.WriteAllText(described, File.ReadAllText(described).Replace(
            "\"Variables\": {", "\"Variables\": { \"THAW_LAMBDA_API\": \"true\",", StringComparison.Ordinal));
        functions.Node("silent", "export const handler = async () => process.env.AWS_ENDPOINT_URL_LAMBDA ?? 'none';");
        await using var daemon = await RunningDaemon.StartAsync(functions);
        var answer = (await daemon.InvokeAsync("caller")).Succeeded().Json;
        Assert.Equal(
            (200, 404), (answer.GetProperty("status").GetInt32(), answer.GetProperty("hidden").GetInt32()));
        Assert.Equal("called from inside", answer.GetProperty("event").GetProperty("line").GetString());
        Assert.Equal("none", (await daemon.InvokeAsync("silent")).Succeeded().Json.GetString());
    }
}
