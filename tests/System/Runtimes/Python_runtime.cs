using Thaw.Testing;

namespace Thaw.SystemTests.Runtimes;

public sealed class Python_runtime : RuntimeContract
{
    private protected override RuntimeUnderTest Runtime => RuntimeUnderTest.Python;
    private protected override string FailureType => "ValueError";
    private protected override string Index => """
        import os

        def handler(event, c):
            if event.get("do") == "fail":
                raise ValueError("böse")
            if event.get("do") == "log":
                import logging
                logging.info("first ü\nsecond")
            client = c.client_context
            return {
                "event": event,
                "trace": os.environ.get("_X_AMZN_TRACE_ID"),
                "context": {
                    "facts": [c.aws_request_id, c.function_name, c.function_version, c.memory_limit_in_mb, c.log_group_name,
                              c.log_stream_name, c.invoked_function_arn, client and client.client.installation_id,
                              client and client.custom["k"], c.identity.cognito_identity_id, c.tenant_id],
                    "left": c.get_remaining_time_in_millis(),
                },
            }
        """;

    private static RunningRuntime Files(string handler, Dictionary<string, string> files, Dictionary<string, string>? variables = null) =>
        RunningRuntime.Start(RuntimeUnderTest.Python, handler, files, variables);

    [Theory]
    [InlineData("index.handler", "index.py")]
    [InlineData("package/module.handler", "package/module.py")]
    [InlineData("package.module.handler", "package/module.py")]
    public async Task Finds_the_handler(string handler, string file)
    {
        await using var runtime = Files(handler, new() { [file] = "def handler(event, context): return 'found'" });
        Assert.Equal("\"found\"", (await runtime.Api.InvokeAsync("{}")).Text);
    }

    [Theory]
    [InlineData("nodot", "", "Runtime.MalformedHandlerName", "Bad handler 'nodot': not enough values to unpack")]
    [InlineData("missing.handler", "", "Runtime.ImportModuleError", "Unable to import module 'missing': No module named 'missing'")]
    [InlineData("index.handler", "import nowhere", "Runtime.ImportModuleError", "Unable to import module 'index': No module named")]
    [InlineData("index.missing", "", "Runtime.HandlerNotFound", "Handler 'missing' missing on module 'index'")]
    [InlineData("index.handler", "def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'index': invalid syntax")]
    [InlineData("sys.exit", "", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module")]
    [InlineData("index.handler", "1 / 0", "ZeroDivisionError", "division by zero")]
    public async Task An_init_error_is_posted_and_ends_the_process(string handler, string source, string type, string message)
    {
        await using var runtime = Files(handler, new() { ["index.py"] = source });
        var error = await runtime.Api.PostAsync();
        Assert.Equal("/2018-06-01/runtime/init/error", error.Path);
        Assert.Equal(type, error.ErrorType);
        Assert.Equal(type, Json(error).GetProperty("errorType").GetString());
        Assert.StartsWith(message, Json(error).GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal("", Json(error).GetProperty("requestId").GetString());
        Assert.Equal(1, await runtime.ExitAsync());
        await runtime.OutputWithAsync($"[ERROR] {type}: {message}");
    }

    [Fact]
    public async Task The_stack_trace_begins_with_the_handler()
    {
        await using var runtime = Start();
        var error = Json(await runtime.Api.InvokeAsync(new FakeInvocation("""{"do":"fail"}""") { RequestId = "id-1" }));
        Assert.Equal(["errorMessage", "errorType", "requestId", "stackTrace"], error.EnumerateObject().Select(member => member.Name));
        Assert.Equal("id-1", error.GetProperty("requestId").GetString());
        Assert.Equal(
            [$"  File \"{runtime.TaskRoot}/index.py\", line 5, in handler\n    raise ValueError(\"böse\")\n"],
            error.GetProperty("stackTrace").EnumerateArray().Select(entry => entry.GetString()));
    }

    [Theory]
    [InlineData("None", "null")]
    [InlineData("(1, 2.5, True, {'k': 'v'})", "[1, 2.5, true, {\"k\": \"v\"}]")]
    [InlineData("[__import__('decimal').Decimal('1.5'), __import__('decimal').Decimal('7')]", "[1.5, 7]")]
    [InlineData("'\\ud83d'", "\"\\ud83d\"")]
    public async Task A_result_becomes_json(string result, string json)
    {
        await using var runtime = Start("index.handler", $"def handler(event, context): return {result}");
        Assert.Equal(json, (await runtime.Api.InvokeAsync("{}")).Text);
    }

    [Theory]
    [InlineData("{1}", "Unable to marshal response: Object of type set is not JSON serializable")]
    [InlineData("float('nan')", "Unable to marshal response: Out of range float values are not JSON compliant")]
    public async Task A_result_that_is_no_json_is_an_error(string result, string message)
    {
        await using var runtime = Start("index.handler", $"def handler(event, context): return {result}");
        var error = await runtime.Api.InvokeAsync("{}");
        Assert.Equal("Runtime.MarshalError", error.ErrorType);
        Assert.StartsWith(message, Json(error).GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_stay_bytes_both_ways()
    {
        await using var runtime = Start("index.handler", "def handler(event, context): return event[::-1]");
        var answer = await runtime.Api.InvokeAsync(
            new FakeInvocation([1, 2, 255]) { Headers = { ["Content-Type"] = "application/octet-stream" } });
        Assert.Equal([255, 2, 1], answer.Body);
        Assert.Equal("application/unknown", answer.Headers["Content-Type"]);
    }

    [Theory, InlineData("application/json; charset=utf-8"), InlineData("application/x-www-form-urlencoded")]
    public async Task An_event_is_json_for_every_ordinary_client(string contentType)
    {
        await using var runtime = Start("index.handler", "def handler(event, context): return event['k']");
        var answer = await runtime.Api.InvokeAsync(new FakeInvocation("""{"k":1}""") { Headers = { ["Content-Type"] = contentType } });
        Assert.Equal("1", answer.Text);
    }

    [Theory, InlineData("import sys; sys.exit(7)"), InlineData("exit(7)")]
    public async Task An_exit_ends_the_process_without_an_answer(string statement)
    {
        await using var runtime = Start("index.handler", $"def handler(event, context): {statement}");
        runtime.Api.Send(new FakeInvocation("{}"));
        Assert.Equal(7, await runtime.ExitAsync());
    }

    [Fact]
    public async Task A_log_record_tells_level_time_and_request()
    {
        await using var runtime = Start("index.handler", """
            import logging
            def handler(event, context): logging.warning("a %s", "word")
            """);
        await runtime.Api.InvokeAsync(new FakeInvocation("{}") { RequestId = "id-1" });
        var output = await runtime.OutputWithAsync("a word");
        Assert.Matches(@"^\[WARNING\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\tid-1\ta word\n", output);
    }

    [Fact]
    public async Task What_is_printed_leaves_with_the_invocation()
    {
        await using var runtime = Start("index.handler", "def handler(event, context): print('no line feed', end='')");
        await runtime.Api.InvokeAsync("{}");
        await runtime.Api.InvokeAsync("{}");
        await runtime.KillAsync();
        Assert.Contains("no line feedno line feed", runtime.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Imports_come_from_the_function_then_the_layers_then_the_machine()
    {
        await using var runtime = Files("index.handler", new()
        {
            ["index.py"] = "import mine, layered, sys\ndef handler(event, context): return [mine.origin, layered.origin, sys.path]",
            ["mine.py"] = "origin = 'function'",
            ["layer/mine.py"] = "origin = 'layer'",
            ["layer/layered.py"] = "origin = 'layer'",
        }, new() { ["PYTHONPATH"] = "layer" });
        var result = Json(await runtime.Api.InvokeAsync("{}"));
        Assert.Equal(("function", "layer"), (result[0].GetString(), result[1].GetString()));
        var path = result[2].EnumerateArray().Select(entry => entry.GetString()).ToList();
        Assert.Equal(runtime.TaskRoot, path[0]);
        Assert.EndsWith("-packages", path[^1], StringComparison.Ordinal);
    }

    // PYTHONHOME makes a folder the interpreter's prefix: all of the real one by links, and packages of the test's own.
    [Fact]
    public async Task A_package_of_the_interpreter_is_found_after_the_functions()
    {
        var real = new FileInfo(RuntimeUnderTest.Python.Command[0]).ResolveLinkTarget(returnFinalTarget: true)?.Name;
        Assert.SkipUnless(Directory.Exists($"/usr/lib/{real}"), "this machine's python3 is not laid out as Debian's");
        using var prefix = new TemporaryFolder();
        var library = Directory.CreateDirectory(Path.Combine(prefix.Path, "lib", real!)).FullName;
        foreach (var entry in Directory.GetFileSystemEntries($"/usr/lib/{real}"))
            File.CreateSymbolicLink(Path.Combine(library, Path.GetFileName(entry)), entry);
        prefix.Write($"lib/{real}/site-packages/mine.py", "origin = 'machine'");
        prefix.Write($"lib/{real}/site-packages/theirs.py", "origin = 'machine'");

        await using var runtime = Files("index.handler", new()
        {
            ["index.py"] = "import mine, theirs\ndef handler(event, context): return [mine.origin, theirs.origin]",
            ["mine.py"] = "origin = 'function'",
        }, new() { ["PYTHONHOME"] = prefix.Path });
        Assert.Equal("[\"function\", \"machine\"]", (await runtime.Api.InvokeAsync("{}")).Text);
    }
}
