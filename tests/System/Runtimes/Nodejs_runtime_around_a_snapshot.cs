using System.Text.Json;
using Thaw.Testing;

namespace Thaw.SystemTests.Runtimes;

public sealed class Nodejs_runtime_around_a_snapshot
{
    private static readonly Dictionary<string, string> SnapStart = new() { ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start" };

    private static string Hooks(string more) => $$"""
        const order = [];
        const later = async (word) => { await new Promise((resolve) => setTimeout(resolve, 5)); order.push(word); };
        snapStart.registerBeforeSnapshot(later, 'before 1');
        snapStart.registerBeforeSnapshot((...words) => { order.push(words.join(' ')); }, 'before', '2');
        snapStart.registerAfterRestore(later, 'after 1');
        snapStart.registerAfterRestore(() => { order.push('after 2'); });
        const boom = () => { throw new TypeError('boom'); };
        {{more}}
        """;

    private static RunningRuntime Start(string source, string file = "index.mjs", Dictionary<string, string>? variables = null) =>
        RunningRuntime.Start(RuntimeUnderTest.Nodejs, "index.handler", new() { [file] = source }, variables ?? SnapStart);

    private static JsonElement Json(Post post) => JsonDocument.Parse(post.Body).RootElement;

    [Theory, InlineData("index.mjs", "export const handler ="), InlineData("index.cjs", "exports.handler =")]
    public async Task Runs_hooks_in_their_order_and_awaits_them(string file, string export)
    {
        await using var runtime = Start(Hooks($"{export} async () => order;"), file);
        Assert.Equal("""["before 2","before 1","after 1","after 2"]""", (await runtime.Api.InvokeAsync("{}")).Text);
        Assert.Equal(["GET /2018-06-01/runtime/restore/next", "GET /2018-06-01/runtime/invocation/next"], runtime.Api.Calls.Take(2));
        Assert.Equal(1, runtime.Api.Connections);
    }

    [Theory]
    [InlineData("snapStart.registerBeforeSnapshot(boom)", "init/error", "Runtime.BeforeSnapshotError", "TypeError", "boom", 64)]
    [InlineData("snapStart.registerAfterRestore(boom)", "restore/error", "Runtime.AfterRestoreError", "TypeError", "boom", 65)]
    [InlineData("snapStart.registerAfterRestore(async () => { await 1; boom(); })", "restore/error", "Runtime.AfterRestoreError",
        "TypeError", "boom", 65)]
    [InlineData("snapStart.registerBeforeSnapshot(() => new Promise(() => {}))", "init/error", "Runtime.BeforeSnapshotError",
        "Runtime.NodeJsExit", "a Promise that was never settled", 64)]
    [InlineData("snapStart.registerAfterRestore('boom')", "init/error", "TypeError", "TypeError",
        "a hook must be a function, not string", 129)]
    public async Task Tells_of_a_hook_that_fails_and_ends(
        string statement, string path, string type, string errorType, string message, int exitCode)
    {
        await using var runtime = Start(Hooks($"{statement}; export const handler = async () => order;"));
        var error = await runtime.Api.PostAsync();
        Assert.Equal($"/2018-06-01/runtime/{path}", error.Path);
        Assert.Equal(type, error.ErrorType);
        Assert.Equal(errorType, Json(error).GetProperty("errorType").GetString());
        Assert.Contains(message, Json(error).GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal(exitCode, await runtime.ExitAsync());
        Assert.Contains(message, await runtime.OutputWithAsync(message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_back_what_init_has_used()
    {
        await using var runtime = Start("""
            import fs from 'node:fs';
            const warnings = [];
            process.on('warning', (it) => warnings.push(it.name));
            const used = () => Number(/^Anonymous: +(\d+)/m.exec(fs.readFileSync('/proc/self/smaps_rollup', 'latin1'))[1]);
            for (let round = 0; round < 4; round++) JSON.parse(JSON.stringify(Array.from({ length: 3e5 }, (_, i) => ({ i }))));
            const before = used();
            let after;
            snapStart.registerAfterRestore(() => { after = used(); });
            export const handler = async () => ({ part: after / before, warnings });
            """);
        var answer = Json(await runtime.Api.InvokeAsync("{}"));
        Assert.InRange(answer.GetProperty("part").GetDouble(), 0, 0.6);
        Assert.Empty(answer.GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public async Task Is_as_ever_where_there_is_no_snapshot()
    {
        await using var runtime = Start("""
            globalThis.snapStart?.registerBeforeSnapshot(() => { throw new Error('boom'); });
            export const handler = async () => [typeof snapStart, String(Math.random)];
            """, variables: []);
        Assert.Equal("""["undefined","function random() { [native code] }"]""", (await runtime.Api.InvokeAsync("{}")).Text);
        Assert.Equal(["GET /2018-06-01/runtime/invocation/next"], runtime.Api.Calls.Take(1));
    }

    [Fact]
    public async Task Leaves_random_numbers_as_they_should_be()
    {
        using var folder = new TemporaryFolder();
        await using var runtime = Start("""
            import fs from 'node:fs';
            import os from 'node:os';
            const files = () => fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('node-')).length;
            const before = files();
            const { random } = Math;
            export const handler = async () => {
              const numbers = Array.from({ length: 10_000 }, () => random());
              return {
                all: numbers.every((one) => one >= 0 && one < 1),
                mean: numbers.reduce((sum, one) => sum + one) / numbers.length,
                different: new Set(numbers).size,
                shape: [random.name, random.length, 'prototype' in random, Object.keys(Math).length],
                left: files() - before,
              };
            };
            """, variables: new(SnapStart) { ["TMPDIR"] = folder.Path });
        var answer = Json(await runtime.Api.InvokeAsync("{}"));
        Assert.True(answer.GetProperty("all").GetBoolean());
        Assert.InRange(answer.GetProperty("mean").GetDouble(), 0.47, 0.53);
        Assert.Equal(10_000, answer.GetProperty("different").GetInt32());
        Assert.Equal("""["random",0,false,0]""", answer.GetProperty("shape").GetRawText());
        Assert.Equal(0, answer.GetProperty("left").GetInt32());
    }

    [Fact]
    public async Task Refuses_the_snapshot_when_clones_would_draw_the_same()
    {
        await using var runtime = Start("export const handler = async () => 1", variables: new(SnapStart) { ["TMPDIR"] = "/nowhere" });
        var error = await runtime.Api.PostAsync();
        Assert.Equal(("init/error", "Runtime.BeforeSnapshotError"), (error.Path["/2018-06-01/runtime/".Length..], error.ErrorType));
        Assert.Contains("clones of this process would draw the same numbers and keys", error.Text, StringComparison.Ordinal);
    }
}
