using System.Text.Json;

namespace Thaw.SystemTests.Runtimes;

/// <summary>The samples are the first thing that a newcomer runs.</summary>
public sealed class Samples
{
    private static string Folder(string name) => Path.Combine(RuntimeUnderTest.Nodejs.FullFolder, "../../samples", name);

    private static RunningRuntime Start(string name, Dictionary<string, string>? variables = null)
    {
        var configuration = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(name), "thaw.json"))).RootElement;
        var runtime = configuration.GetProperty("Runtime").GetString()![..6] switch
        {
            "nodejs" => RuntimeUnderTest.Nodejs,
            "python" => RuntimeUnderTest.Python,
            _ => new RuntimeUnderTest($"../samples/{name}", ".sh", "bash", "bootstrap"),
        };
        var files = Directory.GetFiles(Folder(name)).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        return RunningRuntime.Start(runtime, configuration.GetProperty("Handler").GetString()!, files, variables);
    }

    [Theory, InlineData("hello-node"), InlineData("hello-python"), InlineData("custom-runtime")]
    public async Task Greet(string name)
    {
        await using var runtime = Start(name);
        foreach (var person in (string[])["Ada", "Zoë"])
        {
            var answer = await runtime.Api.InvokeAsync($$"""{"name":"{{person}}"}""");
            Assert.Equal($"Hello, {person}!", JsonDocument.Parse(answer.Body).RootElement.GetProperty("message").GetString());
            await runtime.OutputWithAsync($"greeting {person}");
        }
    }

    [Fact]
    public async Task Slow_init_is_as_slow_as_it_is_told()
    {
        await using var runtime = Start("slow-init", new() { ["INIT_SECONDS"] = "1" });
        var answer = await runtime.Api.InvokeAsync("{}");
        Assert.InRange(JsonDocument.Parse(answer.Body).RootElement.GetProperty("initSeconds").GetDouble(), 1, 5);
    }

    [Theory, InlineData("throw", "error"), InlineData("forget", "error"), InlineData("large", "response"), InlineData("", "response")]
    public async Task Failing_fails_and_lives_on(string how, string kind)
    {
        await using var runtime = Start("failing");
        Assert.Equal(kind, (await runtime.Api.InvokeAsync($$"""{"how":"{{how}}"}""")).Kind);
        Assert.Equal("response", (await runtime.Api.InvokeAsync("{}")).Kind);
    }

    [Theory, InlineData("exit", 3), InlineData("crash", 129), InlineData("reject", 128)]
    public async Task Failing_ends_the_process(string how, int exitCode)
    {
        await using var runtime = Start("failing");
        runtime.Api.Send(new FakeInvocation($$"""{"how":"{{how}}"}"""));
        Assert.Equal(exitCode, await runtime.ExitAsync());
    }

    [Theory, InlineData("throw", 129), InlineData("exit", 1)]
    public async Task Failing_fails_its_init(string how, int exitCode)
    {
        await using var runtime = Start("failing", new() { ["FAIL_INIT"] = how });
        Assert.Equal(exitCode, await runtime.ExitAsync());
    }
}
