using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Thaw.Cli;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Run;
using Thaw.Contracts;
using Thaw.Testing;

namespace Thaw.UnitTests.Cli;

public sealed class Thaw_command : IDisposable
{
    private readonly string folder = OpenFiles.NewFolder("thaw test ").FullName;
    private readonly MemoryStream output = new();
    private readonly StringWriter error = new() { NewLine = "\n" };
    private byte[] payload = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_answer_goes_to_output_and_logs_and_timeline_to_error()
    {
        Assert.Equal(0, await RunAsync(
            [.. EventStory.ColdStart().Events.Select(Happened), Line("hello from the function"), Answered("""{"hi":"Ada"}""")]));
        Assert.Equal("{\"hi\":\"Ada\"}\n", Output);
        Assert.StartsWith("hello from the function\n\n  Timeline  ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n  metrics    189.0 ms  ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_error_is_printed_and_ends_with_status_1()
    {
        Assert.Equal(1, await RunAsync([Answered("""{"errorType":"Error"}""", "Unhandled"), Answered("1")]));
        Assert.Equal("{\"errorType\":\"Error\"}\n1\n", Output);
    }

    [Fact]
    public async Task No_answer_at_all_ends_with_status_1() => Assert.Equal(1, await RunAsync([Line("nothing")]));

    [Fact]
    public async Task What_cannot_be_run_ends_with_status_2_and_one_line()
    {
        Assert.Equal(2, await RunAsync([new RunOutput.Impossible("there is no handler; give --handler")]));
        Assert.Equal("thaw run: there is no handler; give --handler\n", error.ToString());
    }

    [Fact]
    public async Task The_event_reaches_the_function_byte_for_byte()
    {
        await RunAsync([Answered("1")], "--event", """{ "name" : "Ada" }""");
        Assert.Equal("""{ "name" : "Ada" }""", Encoding.UTF8.GetString(payload));
        await File.WriteAllTextAsync(Path.Combine(folder, "e.json"), "[1]\n", new UTF8Encoding(true),
            TestContext.Current.CancellationToken);
        await RunAsync([Answered("1")], "--event", "@" + Path.Combine(folder, "e.json"));
        Assert.Equal("[1]\n", Encoding.UTF8.GetString(payload));
        await RunAsync([Answered("1")], "--event", "-");
        Assert.Equal("\"from stdin\"", Encoding.UTF8.GetString(payload));
        await RunAsync([Answered("1")]);
        Assert.Equal("{}", Encoding.UTF8.GetString(payload));
    }

    [Theory]
    [InlineData("{name:1}", "the event is not JSON (line 1, column 2); for example --event '{\"name\":\"Ada\"}' or --event @event.json")]
    [InlineData("", "--event is empty; give it a value or leave it out")]
    [InlineData("[1] 2", "the event is not JSON (line 1, column 5); for example --event '{\"name\":\"Ada\"}' or --event @event.json")]
    public async Task An_event_that_is_not_json_ends_with_status_2_and_one_line(string json, string problem)
    {
        Assert.Equal(2, await RunAsync([], "--event", json));
        Assert.Equal($"thaw run: {problem}\n", error.ToString());
    }

    [Fact]
    public async Task A_missing_event_file_function_or_layer_ends_with_status_2_and_one_line()
    {
        Assert.Equal(2, await RunAsync([], "--event", "@/nowhere/e.json"));
        Assert.Equal(2, await CommandAsync([], "run", "nowhere"));
        Assert.Equal(2, await RunAsync([], "--layer", "nolayer"));
        var lines = error.ToString().TrimEnd().Split('\n');
        Assert.StartsWith("thaw run: the event cannot be read: ", lines[0], StringComparison.Ordinal);
        Assert.Equal("thaw run: there is no folder or zip file nowhere; give the function's folder, for example samples/hello-node",
            lines[1]);
        Assert.Equal("thaw run: there is no layer nolayer; --layer wants a folder or a zip file", lines[2]);
    }

    [Fact]
    public async Task Json_is_one_document_with_answers_events_phases_participants_and_log()
    {
        var report = new InvokeReport(new("r1"), PhaseStatus.Success, null, new(TimeSpan.FromMilliseconds(41.2), 128, 30, null, null), [])
        { Time = EventStory.At(300) };
        Assert.Equal(0, await RunAsync(
            [.. EventStory.ColdStart().Events.Select(Happened), Happened(report), Line("a line"), Answered("""{"hi":"Ada"}"""),
                Answered("<html>")], "--json"));
        Assert.Empty(error.ToString());
        using var document = JsonDocument.Parse(Output);
        var root = document.RootElement;
        Assert.Equal(340, root.GetProperty("durationMs").GetDouble());
        Assert.Equal("Ada", root.GetProperty("invocations")[0].GetProperty("response").GetProperty("hi").GetString());
        Assert.Equal("<html>", root.GetProperty("invocations")[1].GetProperty("responseText").GetString());
        Assert.Equal(["init", "invoke", "shutdown"], root.GetProperty("phases").EnumerateArray()
            .Select(phase => phase.GetProperty("phase").GetString()));
        Assert.Equal(200, root.GetProperty("phases")[1].GetProperty("startMs").GetDouble());
        Assert.Equal(["runtime", "metrics"], root.GetProperty("participants").EnumerateArray()
            .Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(210, root.GetProperty("participants")[0].GetProperty("workingMs").GetDouble());
        Assert.Equal(42, root.GetProperty("events").EnumerateArray().Last().GetProperty("metrics").GetProperty("billedDurationMs")
            .GetInt64());
        Assert.Equal("a line", root.GetProperty("logs")[0].GetProperty("text").GetString());
    }

    [Theory, InlineData("2026-09", 142), InlineData("2024-12", 42)]
    public async Task Json_bills_as_the_dialect_of_the_function_does(string dialect, long billed)
    {
        var function = new FunctionConfiguration
        {
            Name = "f",
            Handler = "h",
            Runtime = "provided.al2023",
            Dialect = Dialects.Find(dialect)!,
        };
        var metrics = new InvokeMetrics(TimeSpan.FromMilliseconds(41.2), 128, 30, TimeSpan.FromMilliseconds(100), null);
        var report = new InvokeReport(new("r1"), PhaseStatus.Success, null, metrics, []) { Time = EventStory.At(300) };
        Assert.Equal(0, await RunAsync([new RunOutput.Begun(function), Happened(report), Answered("1")], "--json"));
        using var document = JsonDocument.Parse(Output);
        var told = document.RootElement.GetProperty("events")[0].GetProperty("metrics").GetProperty("billedDurationMs");
        Assert.Equal(billed, told.GetInt64());
    }

    [Theory]
    [InlineData("rnu", "thaw: there is no command rnu; did you mean run?")]
    [InlineData("--verison", "thaw: there is no option --verison; did you mean --version?")]
    [InlineData("frobnicate", "thaw: there is no command frobnicate; thaw --help lists them")]
    public async Task An_unknown_command_ends_with_status_2_and_a_suggestion(string word, string problem)
    {
        Assert.Equal(2, await CommandAsync([], word));
        Assert.Equal(problem + "\n", error.ToString());
    }

    [Fact]
    public async Task An_event_without_end_is_refused_when_it_is_too_large()
    {
        Assert.Equal(2, await RunAsync([], "--event", "@/dev/zero"));
        Assert.Equal("thaw run: the event in /dev/zero is too large; at most 6291556 bytes can be sent\n", error.ToString());
    }

    [Fact]
    public async Task An_answer_that_cannot_be_written_ends_with_status_2_after_the_run()
    {
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Assert.Equal(2, await CommandAsync(full, [Answered("1"), Line("the last line")], "run", folder));
        Assert.StartsWith("the last line\nthaw run: the answer cannot be written: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_and_version_go_to_output()
    {
        Assert.Equal(0, await CommandAsync([], "run", "--help"));
        Assert.Contains("thaw run samples/hello-node --event '{\"name\":\"Ada\"}'\n", Output, StringComparison.Ordinal);
        output.SetLength(0);
        Assert.Equal(0, await CommandAsync([], "--version"));
        Assert.Matches(@"^thaw \d+\.\d+\.\d+\n$", Output);
        Assert.Equal(2, await CommandAsync([]));
    }

    private string Output => Encoding.UTF8.GetString(output.ToArray());

    private static RunOutput Happened(LifecycleEvent happened) => new RunOutput.Happened(happened);

    private static RunOutput.LogLine Line(string text) => new(EventStory.At(220), "function", text);

    private static RunOutput.Answer Answered(string body, string? functionError = null) =>
        new(EventStory.At(240), new("r1"), Encoding.UTF8.GetBytes(body), functionError);

    private Task<int> RunAsync(RunOutput[] outputs, params string[] options) => CommandAsync(outputs, ["run", folder, .. options]);

    private Task<int> CommandAsync(RunOutput[] outputs, params string[] arguments) => CommandAsync(output, outputs, arguments);

    private Task<int> CommandAsync(Stream to, RunOutput[] outputs, params string[] arguments)
    {
        var terminal = new Terminal(new MemoryStream("\"from stdin\""u8.ToArray()), to, error, new(80, Color: false, Blocks: true));
        return new ThawCommand((_, bytes, stop) => ReplayAsync(outputs, bytes, stop), terminal)
            .RunAsync(arguments, TestContext.Current.CancellationToken);
    }

    private async IAsyncEnumerable<RunOutput> ReplayAsync(
        RunOutput[] outputs, ReadOnlyMemory<byte> bytes, [EnumeratorCancellation] CancellationToken stop)
    {
        payload = bytes.ToArray();
        foreach (var one in outputs)
        {
            await Task.Yield();
            yield return one;
        }
    }
}
