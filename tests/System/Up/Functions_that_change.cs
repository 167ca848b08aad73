using System.Text.RegularExpressions;

namespace Thaw.SystemTests.Up;

/// <summary>A folder of functions belongs to its owner, who edits it while the daemon runs. The next invoke sees it.</summary>
public sealed class Functions_that_change(Functions_that_change.Daemon shared) : IClassFixture<Functions_that_change.Daemon>
{
    private const string Version = """
        export const handler = async ({ ms }) => {
          if (ms) console.log('begun');
          if (ms) await new Promise((resolve) => setTimeout(resolve, ms));
          return VERSION;
        };
        """;

    private readonly FunctionsFolder functions = shared.Functions;
    private readonly RunningDaemon daemon = shared.Running;

    [Fact]
    public async Task Run_their_new_code_in_a_new_environment_and_finish_what_they_began_on_the_old()
    {
        functions.Node("edited", Coded(1));
        var atWork = daemon.InvokeAsync("edited", """{"ms":1500}""");
        await BegunAsync("edited");
        var old = (await daemon.EnvironmentsAsync("edited")).Select(one => one.GetProperty("id").GetString()).ToArray();
        functions.With("edited", "index.mjs", Coded(2));
        await AnswersAsync("edited", "2");

        Assert.Equal("1", (await atWork).Succeeded().Text);
        await AnswersAsync("edited", "2");
        await daemon.UntilAsync(
            async () => (await daemon.InvokeAsync("edited")).Text == "2"
                && !(await daemon.EnvironmentsAsync("edited")).Any(one => old.Contains(one.GetProperty("id").GetString())),
            "the old environments are gone");
    }

    [Fact]
    public async Task Run_with_a_changed_description()
    {
        functions.Node("described", Coded(1), timeout: 1);
        await daemon.UntilAsync(
            async () => (await daemon.InvokeAsync("described", """{"ms":1100}""")).Text.Contains(" 1.00 seconds", StringComparison.Ordinal),
            "the shorter timeout holds");
        functions.Node("described", Coded(1), timeout: 60);
        await daemon.UntilAsync(
            async () => (await daemon.InvokeAsync("described", """{"ms":1100}""")).Text == "1", "the longer timeout holds");
    }

    [Fact]
    public async Task Run_with_changed_layers()
    {
        const string Word = "layers/one/nodejs/node_modules/word.js";
        functions.With("layered", Word, "module.exports = 'first';");
        functions.With("layered", "index.cjs", "exports.handler = async () => require('word');");
        functions.With("layered", "thaw.json", """
            { "Runtime": "nodejs20.x", "Layers": ["layers/one", ], // lowest first
            }
            """);
        await AnswersAsync("layered", "\"first\"");
        functions.With("layered", Word, "module.exports = 'second';");
        await AnswersAsync("layered", "\"second\"");
    }

    [Fact]
    public async Task Are_gone_when_their_folder_is_and_come_back_with_it()
    {
        functions.Node("deleted", Coded(1));
        var atWork = daemon.InvokeAsync("deleted", """{"ms":1500}""");
        await BegunAsync("deleted");
        functions.Delete("deleted");
        await daemon.UntilAsync(async () => (await daemon.InvokeAsync("deleted")).Status == 404, "it is not found");
        (await daemon.InvokeAsync("deleted")).WasRefused(404, "ResourceNotFoundException", "function:deleted");

        Assert.Equal("1", (await atWork).Succeeded().Text);
        await daemon.UntilAsync(async () => (await daemon.EnvironmentsAsync("deleted")).Length == 0, "its environments are gone");
        functions.Node("deleted", Coded(3));
        await AnswersAsync("deleted", "3");
    }

    [Fact]
    public async Task Appear_while_the_daemon_runs()
    {
        (await daemon.InvokeAsync("fresh")).WasRefused(404, "ResourceNotFoundException");
        functions.Node("fresh", Coded(1));
        await AnswersAsync("fresh", "1");
    }

    [Fact]
    public async Task Are_named_at_the_start_when_they_cannot_run_and_answer_409_until_they_are_mended()
    {
        await daemon.SaysAsync("thaw: broken cannot be invoked until this is mended: ");
        await daemon.SaysAsync("thaw: odd name! is no function's name: 1 to 64 letters");
        Assert.DoesNotContain("no-function", daemon.Said, StringComparison.Ordinal);
        (await daemon.InvokeAsync("broken"))
            .WasRefused(409, "ResourceConflictException", functions["broken", "thaw.json"] + ", line 1: this is not JSON of the form");
        (await daemon.InvokeAsync("odd%20name%21")).WasRefused(400, "ValidationException");
        (await daemon.InvokeAsync("no-function")).WasRefused(404, "ResourceNotFoundException");

        functions.Described("broken", "nodejs20.x", "index.handler", 10, 128);
        await AnswersAsync("broken", "1");
    }

    [Theory]
    [InlineData("""{ "Timeout": "soon" }""", "Timeout"), InlineData("""{ "Colour": 1 }""", "Colour"), InlineData("null", "null")]
    [InlineData("""{ "Runtime": "cobol85" }""", "cobol85"), InlineData("""{ "Timeout": 901 }""", "1 to 900")]
    [InlineData("""{ "MemorySize": 127 }""", "128 to 10240"), InlineData("""{ "Layers": ["nowhere"] }""", "nowhere")]
    [InlineData("""{ "Environment": { "Variables": { "AWS_REGION": "x" } } }""", "AWS_REGION"), InlineData("\0", "JSON")]
    [Trait("Spec", "API-016")]
    public async Task Answer_409_while_their_description_is_broken_and_go_on_when_it_is_mended(string description, string word)
    {
        functions.Node("steady", Coded(1));
        await AnswersAsync("steady", "1");
        functions.With("steady", "thaw.json", description);
        await daemon.UntilAsync(async () => (await daemon.InvokeAsync("steady")).Status == 409, "the mistake is seen");
        (await daemon.InvokeAsync("steady")).WasRefused(409, "ResourceConflictException", "state: Failed. ", word);

        functions.Node("steady", Coded(1));
        await AnswersAsync("steady", "1");
    }

    [Fact]
    public async Task Go_on_when_the_layer_that_was_missing_appears()
    {
        var layer = functions["layers", "late"];
        functions.With("late", "index.mjs", Coded(1))
            .With("late", "thaw.json", $$"""{ "Runtime": "nodejs20.x", "Layers": ["../layers/late"] }""");
        (await daemon.InvokeAsync("late")).WasRefused(409, "ResourceConflictException", layer);
        functions.With("layers", "late/some-file", "here");
        await AnswersAsync("late", "1");
    }

    private static string Coded(int version) => Version.Replace("VERSION", $"{version}", StringComparison.Ordinal);

    private Task AnswersAsync(string function, string text) =>
        daemon.UntilAsync(async () => (await daemon.InvokeAsync(function)).Text == text, $"{function} answers {text}");

    // As its log says: what has begun, has loaded the code of that moment.
    private Task BegunAsync(string function) => daemon.UntilAsync(
        () => Regex.IsMatch(daemon.Said, $@"\n{function}: .*\tbegun\n"), $"{function} has begun");

    /// <summary>One for all of these tests; each has a function of its own.</summary>
    public sealed class Daemon : IAsyncLifetime
    {
        internal FunctionsFolder Functions { get; } = new();

        internal RunningDaemon Running { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Functions.With("broken", "thaw.json", "{ \"Runtime\": ").With("broken", "index.mjs", Coded(1));
            Functions.With("odd name!", "thaw.json", "{}").With("odd name!", "index.mjs", Coded(1));
            Functions.With("no-function", "index.mjs", Coded(1));
            Running = await RunningDaemon.StartAsync(Functions);
        }

        public async ValueTask DisposeAsync()
        {
            await Running.DisposeAsync();
            Functions.Dispose();
        }
    }
}
