using System.Diagnostics;
using System.Text.Json;
using Thaw.Linux;
using Thaw.Sandboxing.Snapshots;
using Thaw.SystemTests.Failures;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>
/// Runtimes that functions bring along, in clones: those that call restore/next, and those that know nothing of it and are parked in next.
/// Each tells a number of its Init and one of now.
/// </summary>
public sealed class Runtimes_of_clones : IAsyncDisposable
{
    private const int Clones = 3;

    private readonly FunctionsFolder functions = new();
    private readonly WrittenFunction code = new();
    private RunningDaemon? daemon;

    private static string Clients => Path.Combine(ThawProgram.Root, "tests/System/Up/clients");

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        functions.Dispose();
        code.Dispose();
    }

    [Theory, InlineData("next", false), InlineData("restore", true)]
    [Trait("Spec", "ENV-121"), Trait("Spec", "ENV-124")]
    public async Task May_be_native_programs(string handler, bool callsRestoreNext)
    {
        Assert.SkipUnless(FailingFunctions.CanCompile, "there is no gcc");
        await CompileAsync("gcc", "-O1", "-o", code["bootstrap"], Path.Combine(Clients, "native.c"));
        await AnswerInClonesAsync("provided.al2023", handler, callsRestoreNext);
    }

    [Fact, Trait("Spec", "ENV-124")]
    [Trait("Needs", "time")]
    public async Task May_be_a_shell_that_starts_a_process_for_each_call()
    {
        code.WithProgram("bootstrap", await File.ReadAllTextAsync(Path.Combine(Clients, "curl.sh"), TestContext.Current.CancellationToken));
        await AnswerInClonesAsync("provided.al2023", "any", callsRestoreNext: false);
    }

    [Fact, Trait("Spec", "ENV-121")]
    [Trait("Needs", "time")]
    public async Task May_be_a_Java_machine()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/javac"), "there is no javac");
        await CompileAsync("javac", "-d", code.Folder, Path.Combine(Clients, "Client.java"));
        code.WithProgram("bootstrap", "#!/bin/sh\nexec /usr/bin/java -cp \"$LAMBDA_TASK_ROOT\" Client\n");
        await AnswerInClonesAsync("provided.al2023", "Client", callsRestoreNext: true);
    }

    [Fact, Trait("Spec", "ENV-121")]
    [Trait("Needs", "time")]
    public async Task May_be_an_executable_assembly()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(ThawProgram.Root, "artifacts/bin/ExecutableFunction/debug")))
            File.Copy(file, code[Path.GetFileName(file)]);
        await AnswerInClonesAsync("dotnet10", "ExecutableFunction", callsRestoreNext: true);
    }

    // This client insists on the names of logs, which SnapStart withholds.
    [Fact, Trait("Needs", "compiler")]
    public async Task May_be_AWSs_own_client_for_node()
    {
        Assert.SkipUnless(AwsLambdaRic.IsThere, AwsLambdaRic.IsMissing);
        AwsLambdaRic.CopyTo(code.Folder);
        code.WithProgram("bootstrap", AwsLambdaRic.Bootstrap.Replace(
            "exec ", "export AWS_LAMBDA_LOG_GROUP_NAME=group AWS_LAMBDA_LOG_STREAM_NAME=stream\nexec ", StringComparison.Ordinal));
        code.With("index.mjs", """
            import { randomUUID } from 'node:crypto';
            const init = randomUUID(), type = process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
            export const handler = async ({ seconds }) => {
              await new Promise((resolve) => setTimeout(resolve, (seconds ?? 0) * 1000));
              return { init, now: process.hrtime.bigint().toString(), type, restored: false };
            };
            """);
        await AnswerInClonesAsync("provided.al2023", "index.handler", callsRestoreNext: false);
    }

    private static async Task CompileAsync(string compiler, params string[] options)
    {
        using var compiling = Process.Start(compiler, options);
        await compiling.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, compiling.ExitCode);
    }

    private async Task AnswerInClonesAsync(string runtime, string handler, bool callsRestoreNext)
    {
        await PublishAsync(runtime, handler);
        var first = await Task.WhenAll(Enumerable.Range(0, Clones).Select(_ => AnswerAsync("""{"seconds":4}""")));
        await daemon!.RestsAsync("f");
        var second = await Task.WhenAll(Enumerable.Range(0, Clones).Select(_ => AnswerAsync("""{"seconds":1}""")));

        Assert.Equal(Clones, (await daemon.EnvironmentsAsync("f")).Length);
        var all = first.Concat(second).ToArray();
        Assert.Single(all.Select(answer => answer.GetProperty("init").GetString()).Distinct());
        Assert.Equal(all.Length, all.Select(answer => answer.GetProperty("now").GetString()).Distinct().Count());
        Assert.All(all, answer => Assert.Equal("snap-start", answer.GetProperty("type").GetString()));
        Assert.All(all, answer => Assert.Equal(callsRestoreNext, answer.GetProperty("restored").GetBoolean()));
    }

    private async Task PublishAsync(string runtime, string handler)
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root makes sandboxes of namespaces");
        Assert.SkipWhen(Criu.Find() is null, $"there is no CRIU {Criu.Oldest} or later (fix: thaw doctor --fix)");
        daemon = await RunningDaemon.StartAsync(functions, "--isolation", "namespaces", "--memory", "100000");
        const string SnapStart = ""","SnapStart":{"ApplyOn":"PublishedVersions"},"MemorySize":1769""";
        await daemon.CreateReadyAsync("f", CreatedFunctions.Zip(code.Folder), SnapStart, runtime, handler);
        Assert.Equal(201, (await daemon.CallAsync(HttpMethod.Post, "/2015-03-31/functions/f/versions", "{}")).Status);
        JsonElement shown = default;
        await daemon.UntilAsync(
            async () => (shown = (await daemon.GetAsync("/2015-03-31/functions/f/configuration?Qualifier=1")).Succeeded().Json)
                .GetProperty("State").GetString() != "Pending",
            "its version is made");
        Assert.True(shown.GetProperty("SnapStart").GetProperty("OptimizationStatus").GetString() == "On", $"{shown}\n{daemon.Said}");
    }

    private async Task<JsonElement> AnswerAsync(string json) => (await daemon!.InvokeAsync("f:1", json)).Succeeded().Json;
}
