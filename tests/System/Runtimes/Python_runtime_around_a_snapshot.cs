using System.Text.Json;

namespace Thaw.SystemTests.Runtimes;

public sealed class Python_runtime_around_a_snapshot
{
    private static readonly Dictionary<string, string> SnapStart = new() { ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start" };

    private static RunningRuntime Start(string source, Dictionary<string, string>? more = null) =>
        RunningRuntime.Start(RuntimeUnderTest.Python, "index.handler", new(more ?? []) { ["index.py"] = source }, SnapStart);

    private static string Hooks(string before, string after) => $"""
        from snapshot_restore_py import register_before_snapshot, register_after_restore
        order = []
        register_before_snapshot(order.append, "before 1")
        register_before_snapshot(order.append, "before 2")
        register_after_restore(order.append, "after 1")
        register_after_restore(order.append, "after 2")
        def boom(): raise RuntimeError("boom")
        {before}
        {after}
        def handler(event, context): return order
        """;

    [Fact]
    public async Task Runs_hooks_in_their_order()
    {
        await using var runtime = Start(Hooks("", ""));
        Assert.Equal("""["before 2", "before 1", "after 1", "after 2"]""", (await runtime.Api.InvokeAsync("{}")).Text);
        Assert.Equal(["GET /2018-06-01/runtime/restore/next", "GET /2018-06-01/runtime/invocation/next"], runtime.Api.Calls.Take(2));
    }

    [Theory]
    [InlineData("register_before_snapshot(boom)", "", "init/error", "Runtime.BeforeSnapshotError", 64)]
    [InlineData("", "register_after_restore(boom)", "restore/error", "Runtime.AfterRestoreError", 65)]
    public async Task Tells_of_a_hook_that_fails_and_ends(string before, string after, string path, string type, int exitCode)
    {
        await using var runtime = Start(Hooks(before, after));
        var error = await runtime.Api.PostAsync();
        Assert.Equal($"/2018-06-01/runtime/{path}", error.Path);
        Assert.Equal(type, error.ErrorType);
        Assert.Equal("boom", JsonDocument.Parse(error.Body).RootElement.GetProperty("errorMessage").GetString());
        Assert.Equal(exitCode, await runtime.ExitAsync());
    }

    // A stand-in for numpy, which need not be installed.
    [Fact]
    public async Task Gives_new_seeds_to_the_generators_of_modules_before_the_hooks()
    {
        await using var runtime = Start("""
            import random, ssl, _ssl, numpy.random
            from snapshot_restore_py import register_after_restore
            seen, numbers = [], []
            add = _ssl.RAND_add
            _ssl.RAND_add = lambda seed, entropy: (seen.append(f"ssl {len(seed)} {entropy}"), add(seed, entropy))
            numpy.random.seed = lambda: seen.append("numpy")
            random.seed(7)
            expected = [random.random() for _ in range(3)]
            random.seed(7)
            register_after_restore(lambda: (seen.append("hook"), numbers.extend(random.random() for _ in range(3))))
            def handler(event, context): return {"seen": seen, "same": numbers == expected, "count": len(numbers)}
            """, new() { ["numpy/__init__.py"] = "", ["numpy/random.py"] = "" });
        Assert.Equal(
            """{"seen": ["numpy", "ssl 48 48", "hook"], "same": false, "count": 3}""", (await runtime.Api.InvokeAsync("{}")).Text);
        Assert.Empty(runtime.Output);
    }

    [Fact]
    public async Task Loads_nothing_for_a_function_that_draws_nothing()
    {
        await using var runtime = Start("""
            import sys
            def handler(event, context): return sorted({"random", "ssl", "ctypes", "numpy"} & sys.modules.keys())
            """);
        Assert.Equal("[]", (await runtime.Api.InvokeAsync("{}")).Text);
    }
}
