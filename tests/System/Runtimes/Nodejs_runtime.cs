using System.Text;
using System.Text.Json;

namespace Thaw.SystemTests.Runtimes;

public sealed class Nodejs_runtime : RuntimeContract
{
    private protected override RuntimeUnderTest Runtime => RuntimeUnderTest.Nodejs;
    private protected override string FailureType => "TypeError";
    private protected override string Index => """
        export const handler = async (event, c) => {
          if (event.do === 'fail') throw new TypeError('böse');
          if (event.do === 'log') console.log('first ü\nsecond');
          return {
            event,
            trace: process.env._X_AMZN_TRACE_ID,
            context: {
              facts: [c.awsRequestId, c.functionName, c.functionVersion, c.memoryLimitInMB, c.logGroupName, c.logStreamName,
                c.invokedFunctionArn, c.clientContext?.client.installation_id, c.clientContext?.custom.k,
                c.identity?.cognitoIdentityId, c.tenantId],
              left: c.getRemainingTimeInMillis(),
            },
          };
        };
        """;

    private static readonly Dictionary<string, string> Node24 = new() { ["AWS_EXECUTION_ENV"] = "AWS_Lambda_nodejs24.x" };

    private static RunningRuntime Files(string handler, Dictionary<string, string> files) =>
        RunningRuntime.Start(RuntimeUnderTest.Nodejs, handler, files);

    [Theory]
    [InlineData("index.handler", "index.mjs", "export const handler = async () => 'found'")]
    [InlineData("index.handler", "index.js", "exports.handler = async () => 'found'")]
    [InlineData("index.handler", "index.cjs", "exports.handler = async () => 'found'")]
    [InlineData("a/b.handler", "a/b.js", "exports.handler = async () => 'found'")]
    [InlineData("index.deep.down.handler", "index.js", "exports.deep = { down: { handler: async () => 'found' } }")]
    [InlineData("lib.handler", "node_modules/lib/index.js", "exports.handler = async () => 'found'")]
    public async Task Finds_the_handler(string handler, string file, string source)
    {
        await using var runtime = Files(handler, new() { [file] = source });
        Assert.Equal("\"found\"", (await runtime.Api.InvokeAsync("{}")).Text);
    }

    [Fact]
    public async Task A_js_file_is_a_module_when_its_package_says_so()
    {
        await using var runtime = Files("src/index.handler", new()
        {
            ["package.json"] = """{"type":"module"}""",
            ["src/index.js"] = "const found = await Promise.resolve('found'); export const handler = async () => found",
        });
        Assert.Equal("\"found\"", (await runtime.Api.InvokeAsync("{}")).Text);
    }

    // The package is beside the function here, in a folder that node would not look into.
    [Theory]
    [InlineData("index.mjs", "import { found } from 'layered'; export const handler = async () => found")]
    [InlineData("index.mjs", "import { found } from './own.mjs'; export const handler = async () => found")]
    [InlineData("index.js", "const { found } = require('old-style'); exports.handler = async () => found")]
    public async Task Modules_of_both_kinds_find_what_a_layer_brings(string file, string source)
    {
        await using var runtime = RunningRuntime.Start(RuntimeUnderTest.Nodejs, "index.handler", new()
        {
            [file] = source,
            ["own.mjs"] = "export { found } from 'layered'",
            ["layer/node_modules/layered/package.json"] = """{"type":"module","exports":{"import":"./main.js"}}""",
            ["layer/node_modules/layered/main.js"] = "export const found = 'found'",
            ["layer/node_modules/old-style/index.js"] = "exports.found = 'found'",
        }, new() { ["NODE_PATH"] = "/nowhere/node_modules:layer/node_modules" });
        Assert.Equal("\"found\"", (await runtime.Api.InvokeAsync("{}")).Text);
    }

    [Fact]
    public async Task A_package_that_nobody_brings_is_an_init_error()
    {
        await using var runtime = RunningRuntime.Start(RuntimeUnderTest.Nodejs, "index.handler",
            new() { ["index.mjs"] = "import 'nowhere'" }, new() { ["NODE_PATH"] = "/nowhere/node_modules" });
        var error = await runtime.Api.PostAsync();
        Assert.Equal("init/error", error.Path["/2018-06-01/runtime/".Length..]);
        Assert.Contains($"Cannot find package 'nowhere' imported from {runtime.TaskRoot}/index.mjs", error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodot", "", "Runtime.MalformedHandlerName", "Bad handler")]
    [InlineData("../index.handler", "", "Runtime.MalformedHandlerName", "'../index.handler' is not a valid handler name.")]
    [InlineData("missing.handler", "", "Runtime.ImportModuleError", "Error: Cannot find module 'missing'")]
    [InlineData("index.missing", "exports.handler = 1", "Runtime.HandlerNotFound", "index.missing is undefined or not exported")]
    [InlineData("index.handler", "exports.handler = 1", "Runtime.HandlerNotFound", "index.handler is not a function")]
    [InlineData("index.handler", "exports.handler = (", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected end of input")]
    [InlineData("index.handler", "require('nowhere')", "Runtime.ImportModuleError", "Error: Cannot find module 'nowhere'")]
    [InlineData("index.handler", "throw new RangeError('at load')", "RangeError", "at load")]
    public async Task An_init_error_is_posted_and_ends_the_process(string handler, string source, string type, string message)
    {
        await using var runtime = Files(handler, new() { ["index.js"] = source });
        var error = await runtime.Api.PostAsync();
        Assert.Equal("/2018-06-01/runtime/init/error", error.Path);
        Assert.Equal(type, error.ErrorType);
        Assert.Equal(type, Json(error).GetProperty("errorType").GetString());
        Assert.StartsWith(message, Json(error).GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Array, Json(error).GetProperty("trace").ValueKind);
        Assert.Equal(129, await runtime.ExitAsync());
    }

    [Theory]
    [InlineData("setTimeout(() => { throw new Error('late') }, 1)", "Error", "late", 129)]
    [InlineData("Promise.reject(new Error('lost'))", "Runtime.UnhandledPromiseRejection", "Error: lost", 128)]
    public async Task What_nobody_catches_is_posted_and_ends_the_process(string statement, string type, string message, int exitCode)
    {
        await using var runtime = Start("index.handler", $$"""
            export const handler = async () => {
              {{statement}};
              await new Promise((resolve) => setTimeout(resolve, 5000));
            };
            """);
        var error = await runtime.Api.InvokeAsync("{}");
        Assert.Equal("error", error.Kind);
        Assert.Equal(type, Json(error).GetProperty("errorType").GetString());
        Assert.Equal(message, Json(error).GetProperty("errorMessage").GetString());
        Assert.Equal(exitCode, await runtime.ExitAsync());
    }

    [Fact]
    public async Task What_init_left_behind_may_strike_while_next_is_awaited()
    {
        await using var runtime = Start("index.handler", """
            setTimeout(() => { throw new Error('late'); }, 300);
            export const handler = async () => {};
            """);
        await runtime.Api.Ready;
        var error = await runtime.Api.PostAsync();
        Assert.Equal("/2018-06-01/runtime/init/error", error.Path);
        Assert.Equal("late", Json(error).GetProperty("errorMessage").GetString());
        Assert.Equal(129, await runtime.ExitAsync());
    }

    [Fact]
    public async Task An_exit_ends_the_process_without_an_answer()
    {
        await using var runtime = Start("index.handler", "export const handler = async () => process.exit(7)");
        runtime.Api.Send(new FakeInvocation("{}"));
        Assert.Equal(7, await runtime.ExitAsync());
    }

    [Theory]
    [InlineData("async () => undefined", "response", "null")]
    [InlineData("() => 'a plain return value counts only for promises'", "response", "null")]
    [InlineData("(e, c, callback) => { callback(null, 'called') }", "response", "\"called\"")]
    [InlineData("(e, c, callback) => { callback(null, 'first'); callback(null, 'second') }", "response", "\"first\"")]
    [InlineData("(e, c) => c.succeed('succeeded')", "response", "\"succeeded\"")]
    [InlineData("(e, c) => c.done(null, 'done')", "response", "\"done\"")]
    [InlineData("(e, c) => c.fail(new Error('failed'))", "error", "failed")]
    [InlineData("(e, c, callback) => callback('a word')", "error", "\"errorType\":\"string\",\"errorMessage\":\"a word\"")]
    [InlineData("() => { throw new Error('thrown') }", "error", "thrown")]
    [InlineData("async () => 10n", "error", "Unable to stringify response body")]
    [InlineData("() => new Promise(() => {})", "response", "null")]
    [InlineData("async () => { await new Promise(() => {}) }", "error", "Runtime.NodeJsExit")]
    public async Task A_handler_ends_its_invocation(string handler, string kind, string text)
    {
        await using var runtime = Start("index.handler", $"export const handler = {handler}");
        for (var round = 0; round < 2; round++)
        {
            var answer = await runtime.Api.InvokeAsync("{}");
            Assert.Equal(kind, answer.Kind);
            Assert.Contains(text, answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("context.callbackWaitsForEmptyEventLoop = true", "waited")]
    [InlineData("context.callbackWaitsForEmptyEventLoop = false", "\"at once\"")]
    [InlineData("Object.create(context).callbackWaitsForEmptyEventLoop = false", "\"at once\"")]
    public async Task A_callback_waits_for_the_empty_event_loop_unless_told_not_to(string statement, string expected)
    {
        await using var runtime = Start("index.handler", $$"""
            export const handler = (event, context, callback) => {
              {{statement}};
              const result = { toJSON() { return this.waited ? 'waited' : 'at once'; } };
              setTimeout(() => { result.waited = true; }, 50);
              callback(null, result);
            };
            """);
        Assert.Contains(expected, (await runtime.Api.InvokeAsync("{}")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("() => 'at once'", "response", "\"at once\"")]
    [InlineData("async (event, context) => typeof context.done", "response", "\"undefined\"")]
    [InlineData("() => { const it = {}; it.it = it; return it }", "error", "Runtime.JSONStringifyError")]
    [InlineData("() => { throw new RangeError('no') }", "error", "RangeError")]
    [InlineData("(event, context, callback) => callback(null, 1)", "init/error", "Runtime.CallbackHandlerDeprecated")]
    [InlineData("async (event, context, callback) => 1", "init/error", "Runtime.CallbackHandlerDeprecated")]
    public async Task A_handler_for_24_answers_with_what_it_returns(string handler, string kind, string text)
    {
        await using var runtime = Start("index.handler", $"export const handler = {handler}", Node24);
        runtime.Api.Send(new FakeInvocation("{}"));
        var answer = await runtime.Api.PostAsync();
        Assert.EndsWith($"/{kind}", answer.Path, StringComparison.Ordinal);
        Assert.Contains(text, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_promise_for_24_that_nobody_can_settle_ends_the_process()
    {
        await using var runtime = Start("index.handler", "export const handler = () => new Promise(() => {})", Node24);
        runtime.Api.Send(new FakeInvocation("{}"));
        Assert.Equal(0, await runtime.ExitAsync());
    }

    [Theory]
    [InlineData("exports.default = { handler: async () => 'found' }")]
    [InlineData("export default { handler: async () => 'found' }")]
    public async Task A_handler_may_be_within_the_default_export(string source)
    {
        var file = source.StartsWith("export ", StringComparison.Ordinal) ? "index.mjs" : "index.cjs";
        await using var runtime = Files("index.handler", new() { [file] = source });
        Assert.Equal("\"found\"", (await runtime.Api.InvokeAsync("{}")).Text);
    }

    [Fact]
    public async Task A_log_event_is_one_line()
    {
        await using var runtime = Start("index.handler", "export const handler = async () => console.warn('a %s\\nb', 'word', { k: 1 })");
        await runtime.Api.InvokeAsync(new FakeInvocation("{}") { RequestId = "id-1" });
        // The line's \r reads as an end of line here.
        var output = await runtime.OutputWithAsync("b { k: 1 }");
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\tid-1\tWARN\ta word", output);
    }

    private const string Streaming = """
        export const handler = awslambda.streamifyResponse(async (event, stream) => {
          if (event.early) throw new Error('early');
          if (event.http) stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
          stream.write('one ');
          stream.write({ two: 2 });
          if (event.fail) throw new RangeError('mïd');
          if (!event.open) stream.end();
        });
        """;

    [Fact]
    public async Task A_stream_is_a_chunked_response()
    {
        await using var runtime = Start("index.handler", Streaming);
        var answer = await runtime.Api.InvokeAsync("{}");
        Assert.Equal("response", answer.Kind);
        Assert.Equal("streaming", answer.Headers["Lambda-Runtime-Function-Response-Mode"]);
        Assert.Equal("application/octet-stream", answer.Headers["Content-Type"]);
        Assert.Equal("one {\"two\":2}", answer.Text);
        Assert.Empty(answer.Trailers);
    }

    [Fact]
    public async Task A_stream_for_http_begins_with_its_prelude()
    {
        await using var runtime = Start("index.handler", Streaming);
        var answer = await runtime.Api.InvokeAsync("""{"http":true}""");
        Assert.Equal("application/vnd.awslambda.http-integration-response", answer.Headers["Content-Type"]);
        Assert.Equal("{\"statusCode\":201}\0\0\0\0\0\0\0\0one {\"two\":2}", answer.Text);
    }

    [Theory]
    [InlineData("""{"fail":true}""", "RangeError", "mïd")]
    [InlineData("""{"open":true}""", "Error", "Response stream is not finished.")]
    public async Task A_stream_that_fails_says_so_in_its_trailers(string json, string type, string message)
    {
        await using var runtime = Start("index.handler", Streaming);
        for (var round = 0; round < 2; round++)
        {
            var answer = await runtime.Api.InvokeAsync(json);
            Assert.Equal("one {\"two\":2}", answer.Text);
            Assert.Equal(type, answer.Trailers["Lambda-Runtime-Function-Error-Type"]);
            var body = Encoding.UTF8.GetString(Convert.FromBase64String(answer.Trailers["Lambda-Runtime-Function-Error-Body"]));
            Assert.Equal(message, JsonDocument.Parse(body).RootElement.GetProperty("errorMessage").GetString());
        }
    }

    [Fact]
    public async Task A_stream_that_fails_before_its_first_byte_is_an_error()
    {
        await using var runtime = Start("index.handler", Streaming);
        Assert.Equal("error", (await runtime.Api.InvokeAsync("""{"early":true}""")).Kind);
        Assert.Equal("response", (await runtime.Api.InvokeAsync("{}")).Kind);
    }
}
