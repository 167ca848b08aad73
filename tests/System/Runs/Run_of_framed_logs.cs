namespace Thaw.SystemTests.Runs;

/// <summary>Records that our runtimes write as frames, beside what functions print; spec 5.4.</summary>
public sealed class Run_of_framed_logs
{
    private const string Extension = """
        #!/usr/bin/python3 -I
        import os, urllib.request as http
        base, id = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension", "Lambda-Extension-Identifier"
        register = http.Request(f"{base}/register", b'{"events":["SHUTDOWN"]}', {"Lambda-Extension-Name": "companion"})
        me = {id: http.urlopen(register).headers[id]}
        print("extension has", os.environ.get("_LAMBDA_TELEMETRY_LOG_FD"), os.path.exists("/proc/self/fd/62"), flush=True)
        http.urlopen(http.Request(f"{base}/event/next", headers=me))
        """;

    private static readonly Dictionary<string, (string Source, string Record, string Error)> Languages = new()
    {
        ["node"] = ("""
            export const handler = async (event) => {
              process.stdout.write('printed 1\nprinted 2\n');
              console.log('one\ntwo');
              if (event.fail) setTimeout(() => { throw new Error('first\nsecond') });
              await new Promise((resolve) => setTimeout(resolve, 50));
            };
            """, "\tINFO\tone\ntwo", "\"errorMessage\":\"first\\nsecond\""),
        ["python"] = ("""
            import logging, os
            logging.getLogger().setLevel("INFO")
            def handler(event, context):
                print("printed 1\nprinted 2")
                logging.info("one\ntwo")
                if event.get("fail"): raise ValueError("first\nsecond")
            """, "[INFO]*\tone\ntwo", "[ERROR] ValueError: first\nsecond\nTraceback (most recent call last):\n"),
    };

    [Theory, InlineData("node"), InlineData("python")]
    [Trait("Spec", "ENV-114")]
    public async Task Keeps_the_lines_of_a_record_together_and_leaves_what_is_printed_as_it_is(string language)
    {
        using var function = Function(language);
        var logs = await LogsAsync(function, "{}");

        var record = Languages[language].Record.Split('*');
        var framed = Assert.Single(logs, text => text.Contains("two", StringComparison.Ordinal));
        Assert.EndsWith(record[^1], framed, StringComparison.Ordinal);
        Assert.StartsWith(record.Length > 1 ? record[0] : "20", framed, StringComparison.Ordinal);
        Assert.Equal(["printed 1", "printed 2"], logs.Where(text => text.StartsWith("printed", StringComparison.Ordinal)));
    }

    [Theory, InlineData("node"), InlineData("python")]
    public async Task Has_one_record_of_an_error_that_nobody_caught(string language)
    {
        using var function = Function(language);
        var logs = await LogsAsync(function, """{"fail":true}""");

        Assert.Contains(Languages[language].Error, Assert.Single(logs, text => text.Contains("second", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node", """
        import { spawnSync } from 'node:child_process';
        export const handler = async () => spawnSync('sh', ['-c', 'ls /proc/self/fd; echo $_LAMBDA_TELEMETRY_LOG_FD']).stdout.toString();
        """)]
    [InlineData("python", """
        import os, subprocess
        def handler(event, context):
            shown = "ls /proc/self/fd; echo $_LAMBDA_TELEMETRY_LOG_FD"
            return subprocess.run(shown, shell=True, close_fds=False, capture_output=True).stdout
        """)]
    public async Task Is_not_open_to_the_children_of_a_function(string language, string source)
    {
        using var function = language == "node" ? WrittenFunction.Node(source) : WrittenFunction.Python(source);
        var descriptors = (await ThawRun.OfAsync(function)).Text.Split(["\\n", "\n", "\"", " "], StringSplitOptions.RemoveEmptyEntries);

        // The last one is of ls itself, which reads the folder.
        Assert.Equal(["0", "1", "2", "3"], descriptors);
    }

    [Fact]
    public async Task Of_a_class_library_is_not_open_to_its_children()
    {
        using var function = BuiltFunction.Of("LibraryFunction");
        var run = await ThawRun.OfAsync(function, "--runtime", "dotnet8", "--timeout", "30",
            "--handler", "LibraryFunction::LibraryFunction.Handlers::DescriptorsOfAChild", "--event", "\"\"");

        // The serializer of this library has only capitals.
        Assert.DoesNotContain("62", run.Text, StringComparison.Ordinal);
        Assert.Contains(@"\N1\", run.Text, StringComparison.Ordinal);
    }

    [Theory, InlineData("node"), InlineData("python")]
    public async Task Goes_to_standard_output_when_a_wrapper_has_closed_the_descriptor(string language)
    {
        using var function = Function(language).WithProgram("wrapper", "#!/bin/bash\nexec 62>&-\nexec \"$@\"\n");
        var logs = await LogsAsync(function, "{}", "--env", "AWS_LAMBDA_EXEC_WRAPPER=/var/task/wrapper");

        Assert.Contains(logs, text => text.EndsWith(language == "node" ? "one\rtwo" : "\tone", StringComparison.Ordinal));
    }

    [Fact, Trait("Spec", "ENV-115"), Trait("Spec", "ENV-089")]
    public async Task Is_offered_to_a_managed_runtime_and_to_nobody_else()
    {
        const string Tell = """
            #!/bin/bash
            echo wrapper has $_LAMBDA_TELEMETRY_LOG_FD $(test -p /proc/self/fd/62 && echo a pipe)
            exec "$@"
            """;
        using var function = Function("node").WithProgram("wrapper", Tell).WithProgram("layer/extensions/companion", Extension);
        var logs = await LogsAsync(
            function, "{}", "--env", "AWS_LAMBDA_EXEC_WRAPPER=/var/task/wrapper", "--env", "_LAMBDA_TELEMETRY_LOG_FD=7",
            "--layer", function["layer"]);

        Assert.Contains("wrapper has 62 a pipe", logs);
        Assert.Contains("extension has None False", logs);
    }

    // The first write stops within its frame, as at a full pipe, and that is where the signal comes.
    [Fact]
    public async Task Is_whole_when_a_signals_handler_logs_within_a_write()
    {
        using var function = WrittenFunction.Python("""
            import logging, os, signal
            logging.getLogger().setLevel("INFO")
            write = os.write
            def in_parts(descriptor, data):
                os.write = write
                count = write(descriptor, data[:20])
                signal.raise_signal(signal.SIGUSR1)
                return count
            signal.signal(signal.SIGUSR1, lambda *_: logging.info("by the handler"))
            def handler(event, context):
                os.write = in_parts
                logging.info("one\ntwo")
            """);
        var logs = await LogsAsync(function, "{}");

        var interrupted = Assert.Single(logs, text => text.Contains("two", StringComparison.Ordinal));
        Assert.EndsWith("\tone\ntwo", interrupted, StringComparison.Ordinal);
        Assert.Contains(logs, text => text.EndsWith("\tby the handler", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("frame = (0xA55A001C << 32 | 4).to_bytes(8, 'big') + b'text'", "text")]
    [InlineData("frame = (0xA55A0001 << 32 | 0x7fffffff).to_bytes(8, 'big') + b'text\\n'", "text")]
    [InlineData("frame = (0xA55A0001 << 32 | 400).to_bytes(8, 'big') + b'cut off'", "cut off")]
    [InlineData("frame = b'plain text, no newline'", "plain text, no newline")]
    public async Task Loses_nothing_of_wrong_frames(string frame, string expected)
    {
        using var function = WrittenFunction.Python($"""
            import os
            {frame}
            def handler(event, context):
                os.write(62, frame)
            """);
        var logs = await LogsAsync(function, "{}");

        Assert.Contains(logs, text => text.EndsWith(expected, StringComparison.Ordinal));
    }

    private static WrittenFunction Function(string language) => language == "node"
        ? WrittenFunction.Node(Languages[language].Source)
        : WrittenFunction.Python(Languages[language].Source);

    private static async Task<string[]> LogsAsync(WrittenFunction function, string json, params string[] options)
    {
        var run = await ThawRun.OfAsync(function, ["--json", "--event", json, .. options]);
        return [.. run.Document.GetProperty("logs").EnumerateArray().Select(line => line.GetProperty("text").GetString()!)];
    }
}
