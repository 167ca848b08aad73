namespace Thaw.SystemTests.Runs;

/// <summary>What a handler can do wrong ends in Lambda's error, in both languages, and leaves nothing behind.</summary>
public sealed class Run_of_failing_handlers
{
    private const string Generated = "^RequestId: [0-9a-f-]{36} Error: ";

    private static WrittenFunction Written(string language, string source) =>
        language == "node" ? WrittenFunction.Node(source) : WrittenFunction.Python(source);

    [Theory]
    [InlineData("node", "export const other = 1", "Runtime.HandlerNotFound", "index.handler is undefined or not exported")]
    [InlineData("node", "export const handler = (", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected")]
    [InlineData("node", "throw new TypeError('at load')", "TypeError", "at load")]
    [InlineData("node", "import 'nowhere'", "Error", "Cannot find package 'nowhere'")]
    [InlineData("python", "other = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'")]
    [InlineData("python", "def handler(event, context", "Runtime.UserCodeSyntaxError", "Syntax error in module 'index'")]
    [InlineData("python", "import nowhere", "Runtime.ImportModuleError", "No module named 'nowhere'")]
    [InlineData("python", "raise ValueError('at load')", "ValueError", "at load")]
    [Trait("Spec", "ENV-033"), Trait("Spec", "ENV-110")]
    public async Task That_does_not_load_is_the_error_that_the_runtime_posted(string language, string source, string type, string message)
    {
        using var function = Written(language, source);
        var run = await ThawRun.OfAsync(function);

        run.FailedWith(type, message);
        run.LogHasInOrder(
            @"^INIT_REPORT .*\tPhase: init\tStatus: error\tError Type: ", @"^INIT_REPORT .*\tPhase: invoke\tStatus: error\tError Type: ",
            "^START ", "^END ", @"^REPORT .*\tStatus: error\tError Type: ");
    }

    [Theory]
    [InlineData("node", "throw new RangeError('böse')", "RangeError", "^böse$")]
    [InlineData("node", "return await Promise.reject(new RangeError('lost'))", "RangeError", "^lost$")]
    [InlineData("node", "return 'x'.repeat(7 << 20)", "Function.ResponseSizeTooLarge", "maximum allowed payload size")]
    [InlineData("python", "raise KeyError('böse')", "KeyError", "^'böse'$")]
    [InlineData("python", "return 'x' * (7 << 20)", "Function.ResponseSizeTooLarge", "maximum allowed payload size")]
    [InlineData("python", "return {1, 2}", "Runtime.MarshalError", "^Unable to marshal response: ")]
    [Trait("Spec", "ENV-030"), Trait("Spec", "ENV-063")]
    public async Task That_fails_goes_on_in_the_same_process(string language, string statement, string type, string message)
    {
        using var function = language == "node"
            ? WrittenFunction.Node($"export const handler = async () => {{ console.log('pid', process.pid); {statement}; }};")
            : WrittenFunction.Python($"import os\ndef handler(event, context):\n    print('pid', os.getpid())\n    {statement}\n");
        var run = await ThawRun.OfAsync(function, "--repeat", "2");

        Assert.Equal(1, run.ExitStatus);
        Assert.All(run.Answers, answer =>
        {
            var error = System.Text.Json.JsonDocument.Parse(answer).RootElement;
            Assert.Equal(type, error.GetProperty("errorType").GetString());
            Assert.Matches(message, error.GetProperty("errorMessage").GetString()!);
        });
        Assert.Equal(2, run.Answers.Length);
        var pids = run.Log.Where(line => line.Contains("pid ", StringComparison.Ordinal)).Select(line => line.Split("pid ")[1]);
        Assert.Single(pids.Distinct());
        Assert.DoesNotContain(run.Log, line => line.Contains("Status: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("node", "process.exit(0)", "Runtime exited without providing a reason$")]
    [InlineData("node", "process.exit(1)", "Runtime exited with error: exit status 1$")]
    [InlineData("node", "process.abort()", "Runtime exited with error: signal: aborted$")]
    [InlineData("node", "process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed$")]
    [InlineData("python", "os._exit(0)", "Runtime exited without providing a reason$")]
    [InlineData("python", "os._exit(1)", "Runtime exited with error: exit status 1$")]
    [InlineData("python", "os.abort()", "Runtime exited with error: signal: aborted$")]
    [InlineData("python", "os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed$")]
    [Trait("Spec", "ENV-015"), Trait("Spec", "ENV-016"), Trait("Spec", "ENV-017"), Trait("Spec", "ENV-023"), Trait("Spec", "ENV-111")]
    public async Task That_ends_its_process_is_an_exit_error(string language, string statement, string message)
    {
        using var function = language == "node"
            ? WrittenFunction.Node($"export const handler = async () => {{ {statement}; await new Promise(r => setTimeout(r, 9e4)); }};")
            : WrittenFunction.Python($"import os, time\ndef handler(event, context):\n    {statement}\n    time.sleep(90)\n");
        var run = await ThawRun.OfAsync(function);

        run.FailedWith("Runtime.ExitError", Generated + message);
        run.LogHasInOrder("^START ", "^END ", @"^REPORT .*\tStatus: error\tError Type: Runtime\.ExitError$");
    }

    [Theory]
    [InlineData("node", "export const handler = () => new Promise(r => setTimeout(r, 9e4));")]
    [InlineData("node", "export const handler = async () => { while (true); };")]
    [InlineData("python", "import time\ndef handler(event, context):\n    time.sleep(90)\n")]
    [Trait("Spec", "ENV-025"), Trait("Spec", "ENV-111")]
    public async Task That_never_answers_times_out(string language, string source)
    {
        using var function = Written(language, source);
        var run = await ThawRun.OfAsync(function, "--timeout", "1");

        run.FailedWith("Sandbox.Timedout", Generated + @"Task timed out after 1\.00 seconds$");
        run.LogHasInOrder("^START ", "^END ", @"^REPORT .*\tDuration: 1\d{3}\.\d\d ms\t.*\tStatus: timeout$");
    }

    [Theory, InlineData("on-demand"), InlineData("provisioned-concurrency"), InlineData("snap-start")]
    public async Task That_does_not_load_says_why_whatever_the_type_of_initialization(string type)
    {
        using var function = WrittenFunction.Node("throw new TypeError('at load')");
        (await ThawRun.OfAsync(function, "--initialization-type", type)).FailedWith("TypeError", "^at load$");
    }

    [Fact, Trait("Spec", "ENV-029"), Trait("Spec", "ENV-003")]
    public async Task After_an_exit_the_next_invoke_begins_anew_within_its_own_time()
    {
        using var function = WrittenFunction.Node("""
            import { existsSync, writeFileSync } from 'node:fs';
            export const handler = async ({ file }) => {
              if (existsSync(file)) return process.pid;
              writeFileSync(file, '');
              process.exit(1);
            };
            """);
        var run = await ThawRun.OfAsync(function, "--repeat", "2", "--event", $$"""{"file":"{{function.Memory}}"}""");

        Assert.Equal(1, run.ExitStatus);
        Assert.Contains("exit status 1", run.Answers[0], StringComparison.Ordinal);
        Assert.Matches(@"^\d+$", run.Answers[1]);
        var report = run.Log.Last(line => line.StartsWith("REPORT", StringComparison.Ordinal));
        Assert.DoesNotContain("Init Duration", report, StringComparison.Ordinal);
    }

    [Fact, Trait("Spec", "ENV-058")]
    public async Task That_answers_twice_is_believed_once()
    {
        using var function = WrittenFunction.Bootstrap("""
            #!/usr/bin/python3
            import os, urllib.error, urllib.request as http
            base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
            while True:
                id = http.urlopen(f"{base}/next").headers["Lambda-Runtime-Aws-Request-Id"]
                http.urlopen(http.Request(f"{base}/{id}/response", b"1"))
                try:
                    http.urlopen(http.Request(f"{base}/{id}/response", b"2"))
                except urllib.error.HTTPError as refused:
                    print(refused.code, refused.read().decode(), flush=True)
            """);
        var run = await ThawRun.OfAsync(function);

        run.Answered("1").LogHasInOrder("^START ", @"^403 \{.*RuntimeResponseSentState.*InvalidStateTransition.*\}$", "^END ");
    }
}
