using System.IO.Compression;

namespace Thaw.SystemTests.Runs;

/// <summary>Layers, as folders and as zips, and what they may bring.</summary>
public sealed class Run_with_layers
{
    private const string Import = "import { found } from 'layered'; export const handler = async () => found;";

    private static WrittenFunction Layered(string source, params string[] layers)
    {
        var function = WrittenFunction.Node(source);
        foreach (var layer in layers)
        {
            function.With($"{layer}/nodejs/node_modules/layered/package.json", """{"type":"module","exports":"./main.js"}""");
            function.With($"{layer}/nodejs/node_modules/layered/main.js", $"export const found = '{layer}';");
        }

        return function;
    }

    [Fact]
    public async Task A_folder_is_one()
    {
        using var function = Layered(Import, "one");
        (await ThawRun.OfAsync(function, "--layer", function["one"])).Answered("\"one\"");
    }

    [Fact]
    public async Task A_zip_is_one()
    {
        using var function = Layered(Import, "one");
        ZipFile.CreateFromDirectory(function["one"], function["one.zip"]);
        (await ThawRun.OfAsync(function, "--layer", function["one.zip"])).Answered("\"one\"");
    }

    [Theory, InlineData("one", "two"), InlineData("two", "one")]
    public async Task The_later_of_two_wins(string first, string second)
    {
        using var function = Layered(Import, first, second);
        ZipFile.CreateFromDirectory(function["one"], function["one.zip"]);
        string Path(string layer) => function[layer == "one" ? "one.zip" : layer];
        (await ThawRun.OfAsync(function, "--layer", Path(first), "--layer", Path(second))).Answered($"\"{second}\"");
    }

    [Fact]
    public async Task Links_stay_links_when_several_are_merged()
    {
        using var function = Layered(Import, "one", "two");
        File.CreateSymbolicLink(function["two/dangling"], "nowhere");
        File.CreateSymbolicLink(function["two/round"], ".");
        (await ThawRun.OfAsync(function, "--layer", function["one"], "--layer", function["two"])).Answered("\"two\"");
    }

    [Fact]
    public async Task A_layer_that_is_missing_is_named()
    {
        using var function = Layered(Import);
        (await ThawRun.OfAsync(function, "--layer", "/nowhere.zip")).WasUnusable("/nowhere.zip", "--layer");
    }

    [Fact]
    public async Task A_layer_may_bring_a_python_package()
    {
        using var function = WrittenFunction.Python("import layered\ndef handler(event, context):\n    return layered.found\n")
            .With("layer/python/layered.py", "found = 'found'");
        (await ThawRun.OfAsync(function, "--layer", function["layer"])).Answered("\"found\"");
    }

    [Fact, Trait("Spec", "ENV-117")]
    public async Task A_layer_may_bring_the_bootstrap_but_the_functions_own_comes_first()
    {
        const string Runtime = """
            #!/usr/bin/python3
            import os, urllib.request as http
            base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
            while True:
                id = http.urlopen(f"{base}/next").headers["Lambda-Runtime-Aws-Request-Id"]
                http.urlopen(http.Request(f"{base}/{id}/response", b'"WHOSE"'))
            """;
        using var function = new WrittenFunction();
        function.WithProgram("layer/bootstrap", Runtime.Replace("WHOSE", "of the layer", StringComparison.Ordinal));
        function.With("code/notes.txt", "");
        (await ThawRun.OfAsync(function["code"], "--layer", function["layer"])).Answered("\"of the layer\"");
        function.WithProgram("code/bootstrap", Runtime.Replace("WHOSE", "its own", StringComparison.Ordinal));
        (await ThawRun.OfAsync(function["code"], "--layer", function["layer"])).Answered("\"its own\"");
    }

    [Theory, InlineData("/opt/wrapper"), InlineData("/var/task/wrapper")]
    public async Task A_wrapper_receives_the_real_command(string wrapper)
    {
        const string Wrapper = """
            #!/bin/bash
            echo "wrapped: $*"
            export WRAPPED=yes
            exec "$@"
            """;
        using var function = WrittenFunction.Node("export const handler = async () => process.env.WRAPPED;")
            .WithProgram("wrapper", Wrapper).WithProgram("layer/wrapper", Wrapper);
        var run = await ThawRun.OfAsync(function, "--layer", function["layer"], "--env", $"AWS_LAMBDA_EXEC_WRAPPER={wrapper}");

        run.Answered("\"yes\"").LogHasInOrder(@"^wrapped: /\S*node\S* \S+bootstrap\.cjs$", "^START ");
    }

    [Fact]
    public async Task A_wrapper_that_is_missing_is_an_invalid_entrypoint()
    {
        using var function = WrittenFunction.Node("export const handler = async () => 1;");
        (await ThawRun.OfAsync(function, "--env", "AWS_LAMBDA_EXEC_WRAPPER=/opt/wrapper"))
            .FailedWith("Runtime.InvalidEntrypoint", "Error: fork/exec .*/opt/wrapper: no such file or directory$");
    }
}
