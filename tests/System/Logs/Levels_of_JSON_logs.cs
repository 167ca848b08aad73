using System.Text.Json;
using System.Text.Json.Nodes;
using Thaw.SystemTests.Runs;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Logs;

/// <summary>
/// What is kept of real processes in JSON format, for each pair of levels, against texts that somebody has read;
/// THAW_TEST_GOLDEN=1 writes them anew. A line is the type and ending of a platform's record, or the level and words of a function's.
/// </summary>
public sealed class Levels_of_JSON_logs
{
    private const string Node = """
        export const handler = async (event) => {
          if (event.exit) process.exit(event.exit);
          console.trace('trace'); console.debug('debug'); console.info('info'); console.log('log'); console.warn('warn');
          console.error('error');
          process.stdout.write('no JSON\n{"level":"error","message":"own error"}\n{"level":"debug","message":"own debug"}\n'
            + '{"level":7,"message":"no level"}\n{"Level":"Warn","message":"own key"}\n');
        };
        """;

    private const string Python = """
        import logging, os
        def handler(event, context):
            if "exit" in event: os._exit(event["exit"])
            log = logging.getLogger()
            log.debug("debug"); log.info("info"); log.warning("warn"); log.error("error"); log.critical("critical")
            print('no JSON\n{"level":"error","message":"own error"}\n{"level":"debug","message":"own debug"}\n'
                + '{"level":7,"message":"no level"}\n{"Level":"Warn","message":"own key"}')
        """;

    public static TheoryData<string, string, string> Everything =>
    [
        .. from language in new[] { "node", "python" }
           from levels in new[] { ("TRACE", "DEBUG"), ("INFO", "INFO"), ("WARN", "WARN"), ("FATAL", "INFO"), ("DEBUG", "WARN") }
           select (language, levels.Item1, levels.Item2),
    ];

    [Theory, MemberData(nameof(Everything)), Trait("Spec", "ENV-112"), Trait("Spec", "ENV-113")]
    public async Task Decide_what_is_kept(string language, string application, string system)
    {
        using var functions = new FunctionsFolder();
        if (language == "node")
            functions.Node("writer", Node);
        else
            functions.With("writer", "index.py", Python).Described("writer", "python3.13", "index.handler", 60, 128);
        var described = JsonNode.Parse(File.ReadAllText(functions["writer", "thaw.json"]))!;
        described["LoggingConfig"] = new JsonObject
        {
            ["LogFormat"] = "JSON",
            ["ApplicationLogLevel"] = application,
            ["SystemLogLevel"] = system,
        };
        functions.With("writer", "thaw.json", described.ToJsonString());

        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("writer")).Succeeded();
        await daemon.UntilAsync(
            async () => (await daemon.EnvironmentsAsync("writer")).All(one => one.GetProperty("state").GetString() is "Ready" or "Frozen"),
            "the same environment can take the next");
        await daemon.InvokeAsync("writer", """{"exit":3}""");
        string[] lines = [];
        await daemon.UntilAsync(
            async () => (lines = (await LogsProgram.RunAsync(daemon.Address, "writer")).Lines)
                .Any(line => line.Contains("Runtime.ExitError", StringComparison.Ordinal) && What(line).StartsWith("platform.report ")),
            "the one that failed is reported");
        ShouldBe($"{language}-{application}-{system}", lines);
    }

    // What is printed and what is logged come by two pipes, so that only the platform's records have an order.
    private static void ShouldBe(string name, string[] lines)
    {
        var kinds = lines.Select(What).ToLookup(line => line.StartsWith("platform.", StringComparison.Ordinal));
        var text = string.Concat(kinds[true].Concat(kinds[false].Order(StringComparer.Ordinal)).Select(line => $"{line}\n"));
        var file = Path.Combine(ThawProgram.Root, "tests/System/Logs/golden", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("THAW_TEST_GOLDEN") == "1")
            File.WriteAllText(file, text);
        Assert.Equal(File.ReadAllText(file), text);
    }

    private static string What(string line)
    {
        if (!line.StartsWith('{'))
            return line;
        var record = JsonDocument.Parse(line).RootElement;
        if (!record.TryGetProperty("type", out var type))
            return $"{(record.TryGetProperty("level", out var level) ? level : record.GetProperty("Level"))} {Message(record)}";
        var words = new[] { "phase", "status", "errorType" }.Select(name =>
            record.GetProperty("record").TryGetProperty(name, out var word) ? word.GetString() : null);
        return string.Join(' ', words.Where(word => word is not null).Prepend(type.GetString()));
    }

    private static string Message(JsonElement record) => record.GetProperty("message").GetString()!.Split('\n')[0];
}
