using System.Text.RegularExpressions;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Telemetry;

/// <summary>
/// What the two sample extensions see of each situation, one over HTTP and one over TCP, against texts that somebody has read;
/// THAW_TEST_GOLDEN=1 writes them anew. Times, ids and figures differ from run to run and are no part of them.
/// </summary>
public sealed partial class Telemetry_samples
{
    // The first time it does what follows, and every other time it answers.
    private const string Once = """
        import { existsSync, writeFileSync } from 'node:fs';
        const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
        const flag = process.env.FLAG;
        const isFirst = !existsSync(flag);
        writeFileSync(flag, '');

        """;

    private const string Greeting = "export const handler = async () => { console.log('hello'); return 'ok'; };";

    // Extensions have subscribed and are ready by then.
    private const string FailsInInit = "await pause(1500); throw new Error('no good start');\n";

    private const string CrashesWhenInvoked = """
        #!/usr/bin/python3
        import http.client, os, sys
        link = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        link.request("POST", "/2020-01-01/extension/register", '{"events":["INVOKE"]}', {"Lambda-Extension-Name": "crashing"})
        answer = link.getresponse()
        answer.read()
        link.request("GET", "/2020-01-01/extension/event/next", headers={
            "Lambda-Extension-Identifier": answer.headers["Lambda-Extension-Identifier"]})
        link.getresponse().read()
        sys.exit(7)
        """;

    private static readonly Dictionary<string, (string Source, string[] Options)> Situations = new()
    {
        ["cold-good"] = (Greeting, []),
        ["warm"] = (Greeting, ["--repeat", "2"]),
        ["init-failure"] = (Once + FailsInInit + Greeting, []),
        ["suppressed-init"] = (Once + $"if (isFirst) {{ {FailsInInit} }}\n" + Greeting, ["--repeat", "2"]),
        ["timeout"] = (Once + "export const handler = async () => { if (isFirst) await pause(60_000); return 'ok'; };",
            ["--timeout", "8", "--repeat", "2"]),
        ["crash"] = (Once + "export const handler = async () => { if (isFirst) process.exit(3); return 'ok'; };", ["--repeat", "2"]),
        ["extension-crash"] = (Once + "export const handler = () => pause(60_000);", []),
    };

    public static TheoryData<string, string> Everything =>
        [.. from situation in Situations.Keys from language in new[] { "node", "python" } select (situation, language)];

    [Theory, MemberData(nameof(Everything)), Trait("Spec", "ENV-094"), Trait("Spec", "ENV-099")]
    public Task Print_what_happens(string situation, string language) => CompareAsync(situation, situation, language, "2022-12-13");

    [Theory, Trait("Spec", "ENV-099")]
    [InlineData("2022-07-01"), InlineData("2025-01-29")]
    public Task Print_the_same_in_every_schema_of_the_Telemetry_API(string schema) =>
        CompareAsync("cold-good", "cold-good", "node", schema);

    [Theory, Trait("Spec", "ENV-107")]
    [InlineData("cold-good", "node"), InlineData("cold-good", "python"), InlineData("crash", "python")]
    public Task Print_what_the_Logs_API_says_of_it(string situation, string language) =>
        CompareAsync(situation, $"{situation}.logs", language, "2021-03-18");

    private static async Task CompareAsync(string situation, string golden, string language, string schema)
    {
        var (source, options) = Situations[situation];
        using var function = WrittenFunction.Node(source);
        string[] layers = ["--layer", ThawProgram.Sample($"layers/telemetry-{language}")];
        if (situation != "timeout")
            options = [.. options, "--timeout", "60"];
        if (situation == "extension-crash")
        {
            function.WithProgram("layer/extensions/crashing", CrashesWhenInvoked);
            layers = [.. layers, "--layer", function["layer"]];
        }

        var run = await ThawRun.OfAsync(function.Folder,
            ["--env", $"TELEMETRY_SCHEMA={schema}", "--env", $"FLAG={function.Memory}", .. layers, .. options]);
        ShouldBe(golden, Printed(run, function.TaskRoot, $"[telemetry-{language}] "));
    }

    /// <summary>The events as the sample printed them, without what differs from run to run.</summary>
    private static string Printed(EndedRun run, string taskRoot, string prefix)
    {
        var lines = run.Log.Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .Select(line => Even(line[prefix.Length..].Replace(taskRoot, "/var/task", StringComparison.Ordinal)))
            .ToList();

        // Extensions subscribe while the runtime starts, so this comes sooner or later; but behind the start of its Init.
        for (var at = lines.FindIndex(IsStart); at >= 0; at = lines.FindIndex(at + 1, IsStart))
        {
            var subscribed = lines.FindIndex(at, line => line.Contains("Subscription ", StringComparison.Ordinal));
            Assert.True(subscribed > at, run.ErrorText);
            var line = lines[subscribed];
            lines.RemoveAt(subscribed);
            lines.Insert(at + 1, line);
        }

        // A runtime writes why it fails and calls init/error: two ways to us, of which either may be the shorter.
        for (var at = lines.FindIndex(IsFailure); at >= 0; at = lines.FindIndex(at + 2, IsFailure))
        {
            var few = Math.Min(3, lines.Count - at);
            if (lines.FindIndex(at, few, line => line.StartsWith("function ", StringComparison.Ordinal)) is var late and > 0)
            {
                var line = lines[late];
                lines.RemoveAt(late);
                lines.Insert(at, line);
            }
        }

        return string.Concat(lines.Select(line => $"{line}\n"));

        static bool IsFailure(string line) => line.StartsWith("platform.initRuntimeDone ", StringComparison.Ordinal)
            && line.Contains("\"status\":\"error\"", StringComparison.Ordinal);

        static bool IsStart(string line) => line.StartsWith("platform.initStart ", StringComparison.Ordinal);
    }

    private static string Even(string line)
    {
        line = Ids().Replace(line, "<id>");
        line = Times().Replace(line, "<time>");
        line = Figures().Replace(line, "$1<n>");
        line = Releases().Replace(line, "");
        line = Streams().Replace(line, "$1<stream>");
        line = Functions().Replace(line, "<function>");
        return Samples().Replace(line, "telemetry-<language>");
    }

    private static void ShouldBe(string name, string text)
    {
        var file = Path.Combine(ThawProgram.Root, "tests/System/Telemetry/golden", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("THAW_TEST_GOLDEN") == "1")
            File.WriteAllText(file, text);
        Assert.Equal(File.ReadAllText(file), text);
    }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Ids();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Times();

    [GeneratedRegex("(\"(?:durationMs|billedDurationMs|initDurationMs|maxMemoryUsedMB)\":)[0-9.]+")]
    private static partial Regex Figures();

    [GeneratedRegex(",\"runtimeVersion(Arn)?\":\"[^\"]*\"")]
    private static partial Regex Releases();

    [GeneratedRegex("(\"(?:instanceId)\":\")[^\"]*")]
    private static partial Regex Streams();

    [GeneratedRegex("thaw-run-[A-Za-z0-9]+")]
    private static partial Regex Functions();

    [GeneratedRegex("telemetry-(node|python)")]
    private static partial Regex Samples();
}
