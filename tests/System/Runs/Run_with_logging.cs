using System.Text.Json;

namespace Thaw.SystemTests.Runs;

public sealed class Run_with_logging
{
    private const string Source = """
        import json
        def handler(event, context):
            print(json.dumps({"level": "debug", "n": 1}))
            print(json.dumps({"level": "ERROR", "n": 2}))
            print("plain")
        """;

    [Fact, Trait("Spec", "ENV-112"), Trait("Spec", "ENV-113")]
    public async Task In_JSON_format_has_records_and_no_lines_of_the_platform()
    {
        using var function = WrittenFunction.Python(Source).With("thaw.json", """
            { "Handler": "index.handler", "LoggingConfig": { "LogFormat": "JSON", "SystemLogLevel": "DEBUG" } }
            """);
        var run = await ThawRun.OfAsync(function);
        Assert.Equal(0, run.ExitStatus);
        string[] types =
        [
            .. run.Log.Where(line => line.StartsWith("{\"time\":", StringComparison.Ordinal))
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!),
        ];
        Assert.Equal(
            [
                "platform.initStart", "platform.initRuntimeDone", "platform.initReport", "platform.start", "platform.runtimeDone",
                "platform.report",
            ],
            types);
        Assert.DoesNotContain(run.Log, line => line.StartsWith("START", StringComparison.Ordinal));
        Assert.Contains("{\"level\": \"ERROR\", \"n\": 2}", run.Log);
        Assert.DoesNotContain(run.Log, line => line.Contains("\"n\": 1", StringComparison.Ordinal));
    }

    [Fact, Trait("Spec", "ENV-112"), Trait("Spec", "ENV-113")]
    public async Task Leaves_out_what_matters_too_little()
    {
        using var function = WrittenFunction.Python(Source).With("thaw.json", """
            { "LoggingConfig": { "LogFormat": "JSON", "SystemLogLevel": "WARN", "ApplicationLogLevel": "WARN" } }
            """);
        var run = await ThawRun.OfAsync(function, "--handler", "index.handler");
        Assert.Equal("{\"level\": \"ERROR\", \"n\": 2}", Assert.Single(run.Log));
    }

    [Fact, Trait("Spec", "ENV-111")]
    public async Task Of_an_older_dialect_has_no_status_in_REPORT()
    {
        using var function = WrittenFunction.Node("export const handler = () => process.exit(3)");
        (await ThawRun.OfAsync(function)).LogHasInOrder("^INIT_START Runtime Version: nodejs:", @"^REPORT .*\tStatus: error\tError Type: ");
        (await ThawRun.OfAsync(function, "--log-dialect", "2024-12")).LogHasInOrder(
            "^START ", @"^REPORT .* MB\t(Init Duration: \S+ ms\t)?$");
    }
}
