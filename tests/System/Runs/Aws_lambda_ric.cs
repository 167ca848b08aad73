using System.Text;

namespace Thaw.SystemTests.Runs;

/// <summary>
/// AWS's own client for Node, <c>aws-lambda-ric</c> from npm, unmodified and started by a function's own bootstrap: what it and we
/// understand differently would show here. eng/prepare installs it.
/// </summary>
[Trait("Needs", "compiler")]
public sealed class Aws_lambda_ric
{
    private const string Handlers = """
        console.log('loaded', process.env._HANDLER);
        export const echo = async (event, context) => {
          console.log('invoked ü');
          return { event, id: context.awsRequestId, name: context.functionName, left: context.getRemainingTimeInMillis() };
        };
        export const fail = async () => {
          throw Object.assign(new TypeError('böse "Worte"'), { stack: 'TypeError: böse\n    at some place' });
        };
        export const exit = async ({ status }) => process.exit(status);
        export const sleep = () => new Promise((resolve) => setTimeout(resolve, 90_000));
        export const large = async () => 'x'.repeat(7 << 20);
        export const nothing = 'no function';
        export const stream = awslambda.streamifyResponse(async ({ fail }, stream) => {
          stream.setContentType('text/plain');
          stream.write('one ');
          await new Promise((resolve) => setTimeout(resolve, 20));
          stream.write('two ü');
          if (fail) throw new RangeError('halfway');
          stream.end();
        });
        """;

    private static WrittenFunction Written(string source = Handlers)
    {
        Assert.SkipUnless(AwsLambdaRic.IsThere, AwsLambdaRic.IsMissing);
        var function = WrittenFunction.Node(source).WithProgram("bootstrap", AwsLambdaRic.Bootstrap);
        AwsLambdaRic.CopyTo(function.Folder);
        return function;
    }

    private static Task<EndedRun> OfAsync(WrittenFunction function, string handler, params string[] options) =>
        ThawRun.OfAsync(function, ["--handler", $"index.{handler}", "--timeout", "30", .. options]);

    [Fact, Trait("Spec", "ENV-048")]
    public async Task Answers_with_all_that_Lambda_tells_it()
    {
        using var function = Written();
        var run = await OfAsync(function, "echo", "--event", """{"text":"Zoë \u2603 😀"}""");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("Zoë ☃ 😀", run.Answer.GetProperty("event").GetProperty("text").GetString());
        Assert.Equal(Path.GetFileName(function.Folder), run.Answer.GetProperty("name").GetString());
        Assert.InRange(run.Answer.GetProperty("left").GetInt32(), 1, 30_000);
        var id = run.Answer.GetProperty("id").GetString();
        run.LogHasInOrder(
            @"\tINFO\tloaded index\.echo$", $"^START RequestId: {id} ", $@"\t{id}\tINFO\tinvoked ü$", $"^END RequestId: {id}$", "^REPORT ");
    }

    [Fact]
    public async Task Answers_a_hundred_invokes_in_one_process()
    {
        using var function = Written("let count = 0; export const count_ = async () => ++count;");
        var run = await OfAsync(function, "count_", "--repeat", "100");
        Assert.Equal(Enumerable.Range(1, 100).Select(number => $"{number}"), run.Answers);
    }

    [Fact, Trait("Spec", "ENV-055")]
    public async Task Fails_with_the_body_that_it_posted_byte_for_byte_and_lives_on()
    {
        const string Body = """{"errorType":"TypeError","errorMessage":"böse \"Worte\"","trace":["TypeError: böse","    at some place"]}""";
        using var function = Written();
        var run = await OfAsync(function, "fail", "--repeat", "2");

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal(Encoding.UTF8.GetBytes($"{Body}\n{Body}\n"), run.Output);
        Assert.Single(run.Log, line => line.EndsWith("loaded index.fail", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("throw new SyntaxError('at load')", "Runtime.UserCodeSyntaxError", "at load")]
    [InlineData("throw new RangeError('at load')", "RangeError", "^at load$")]
    [InlineData("export const other = 1", "Runtime.HandlerNotFound", "index.handler is undefined or not exported")]
    [InlineData("export const handler = (", "Runtime.UserCodeSyntaxError", "SyntaxError")]
    [Trait("Spec", "ENV-033")]
    public async Task Fails_its_init_with_the_error_that_it_posted(string source, string type, string message)
    {
        using var function = Written(source);
        var run = await OfAsync(function, "handler");

        run.FailedWith(type, message);
        run.LogHasInOrder(
            @"^INIT_REPORT .*\tPhase: init\tStatus: error", @"^INIT_REPORT .*\tPhase: invoke\tStatus: error", "^START ", "^END ");
    }

    [Theory, InlineData(0, "without providing a reason$"), InlineData(3, "with error: exit status 3$")]
    [Trait("Spec", "ENV-015"), Trait("Spec", "ENV-016")]
    public async Task Exits(int status, string message)
    {
        using var function = Written();
        (await OfAsync(function, "exit", "--event", $$"""{"status":{{status}}}""")).FailedWith("Runtime.ExitError", message);
    }

    [Fact, Trait("Spec", "ENV-025")]
    public async Task Times_out()
    {
        using var function = Written();
        (await OfAsync(function, "sleep", "--timeout", "1")).FailedWith("Sandbox.Timedout", @"Task timed out after 1\.00 seconds$");
    }

    [Fact, Trait("Spec", "ENV-062"), Trait("Spec", "ENV-063")]
    public async Task Hears_that_its_answer_is_too_large_and_lives_on()
    {
        using var function = Written();
        var run = await OfAsync(function, "large", "--repeat", "2");

        Assert.Equal(2, run.Answers.Length);
        Assert.All(run.Answers, answer => Assert.Contains("\"Function.ResponseSizeTooLarge\"", answer, StringComparison.Ordinal));
        Assert.Single(run.Log, line => line.EndsWith("loaded index.large", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Streams_to_a_caller_that_wants_it_whole()
    {
        using var function = Written();
        var run = await OfAsync(function, "stream", "--repeat", "2");
        Assert.Equal(["one two ü", "one two ü"], run.Answers);
        Assert.Equal(0, run.ExitStatus);
    }

    [Fact, Trait("Spec", "ENV-131")]
    public async Task Streams_half_and_fails_in_its_trailers()
    {
        using var function = Written();
        (await OfAsync(function, "stream", "--event", """{"fail":true}""")).FailedWith("RangeError", "^halfway$");
    }

    // Not for SnapStart, which AWS does not offer for Node: this client insists on the log names that SnapStart withholds.
    [Fact]
    public async Task Lives_in_a_provisioned_environment()
    {
        using var function = Written();
        var run = await OfAsync(function, "echo", "--initialization-type", "provisioned-concurrency");
        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("{}", run.Answer.GetProperty("event").GetRawText());
    }
}
