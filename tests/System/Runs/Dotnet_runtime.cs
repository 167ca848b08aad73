namespace Thaw.SystemTests.Runs;

/// <summary>
/// Executable assemblies, and what is wrong with those that cannot be started. The function is built for the version that builds Thaw and
/// told to be for an older one, so that a machine without that has to roll it forward.
/// </summary>
public sealed class Dotnet_runtime
{
    private static WrittenFunction Executable(string version = "8.0.0")
    {
        var function = BuiltFunction.Of("ExecutableFunction");
        var configuration = function["ExecutableFunction.runtimeconfig.json"];
        var text = File.ReadAllText(configuration);
        File.WriteAllText(configuration, text.Replace("\"10.0.0\"", $"\"{version}\"", StringComparison.Ordinal));
        return function;
    }

    private static Task<EndedRun> OfAsync(WrittenFunction function, string handler, params string[] options) =>
        ThawRun.OfAsync(function, ["--runtime", "dotnet8", "--handler", handler, "--timeout", "30", .. options]);

    [Theory, InlineData("ExecutableFunction"), InlineData("ExecutableFunction.dll")]
    public async Task Runs_an_executable_assembly(string handler)
    {
        using var function = Executable();
        var run = await OfAsync(function, handler, "--event", """{"n":1}""");
        run.Answered("""{"name":"AWS_Lambda_dotnet8","event":{"n":1}}""").LogHasInOrder("^START ", $"^{function.TaskRoot}, .NET ", "^END ");
    }

    [Fact]
    public async Task Runs_a_program_that_needs_no_dotnet()
    {
        using var function = Executable().WithProgram("native", """
            #!/bin/sh
            exec "$DOTNET_ROOT/dotnet" ExecutableFunction.dll
            """);
        (await OfAsync(function, "native")).Answered("""{"name":"AWS_Lambda_dotnet8","event":{}}""");
    }

    [Fact]
    public async Task Hands_a_wrapper_the_real_command()
    {
        using var function = Executable().WithProgram("wrapper", """
            #!/bin/sh
            echo "wrapped: $*"
            exec "$@"
            """);
        var run = await OfAsync(function, "ExecutableFunction", "--env", "AWS_LAMBDA_EXEC_WRAPPER=/var/task/wrapper");
        run.Answered("""{"name":"AWS_Lambda_dotnet8","event":{}}""")
            .LogHasInOrder($"^wrapped: /\\S*/dotnet exec {function.TaskRoot}/ExecutableFunction.dll$", "^START ");
    }

    [Theory]
    [InlineData("Executable", 104,
        @"^Error: executable assembly /\S+/Executable\.dll or binary /\S+/Executable not found: .* has: ExecutableFunction")]
    [InlineData("Unconfigured", 106, @"^Error: /\S+ is missing Unconfigured\.runtimeconfig\.json: deploy the whole folder ")]
    [InlineData("Library::Type::Method", 106, "GenerateRuntimeConfigurationFiles")]
    public async Task Says_what_is_missing_and_exits_as_Lambdas(string handler, int status, string line)
    {
        using var function = Executable().With("Unconfigured.dll", "");
        var run = await OfAsync(function, handler);
        run.FailedWith("Runtime.ExitError", $"Runtime exited with error: exit status {status}$").LogHasInOrder(line, "^INIT_REPORT ");
    }
}
