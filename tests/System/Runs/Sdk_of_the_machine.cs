using System.Diagnostics;

namespace Thaw.SystemTests.Runs;

/// <summary>Lambda brings an SDK with each language. Here it is the machine's; what the function or a layer brings comes first.</summary>
public sealed class Sdk_of_the_machine
{
    private const string Python = "/usr/bin/python3";

    private const string Boto3 = """
        import boto3
        def handler(event, context):
            if not hasattr(boto3, "client"): return boto3.__name__ + " of " + boto3.owner
            return boto3.client("lambda", "eu-west-1").meta.endpoint_url
        """;

    private static readonly string Npm = Path.Combine(ThawProgram.Root, "artifacts/npm");

    private static Task<EndedRun> WithBoto3Async(WrittenFunction function, params string[] options)
    {
        // Debian's own packages are for Debian's own Python only.
        Assert.SkipUnless(File.Exists("/usr/lib/python3/dist-packages/boto3/__init__.py") && File.Exists(Python),
            "Debian's python3-boto3 is not installed (fix: eng/prepare as root)");
        return ThawRun.OfAsync(function, ["--program", $"python3={Python}", "--timeout", "60", .. options]);
    }

    /// <summary>A node with a prefix of its own, to which npm has installed globally what eng/npm lists.</summary>
    private static Task<EndedRun> WithAwsSdkAsync(WrittenFunction function, params string[] options)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Npm, "node_modules/@aws-sdk/client-lambda")),
            "npm's @aws-sdk/client-lambda is not in artifacts/npm: eng/prepare could not install it (see artifacts/npm.log)");
        function.WithProgram("prefix/bin/node", $"""
            #!/bin/sh
            if [ "$1" = -p ]; then echo "$0"; shift 2; set -- -p process.versions.node; fi
            exec {ProgramOnPath.Of("node")} "$@"
            """);
        Directory.CreateDirectory(function["prefix/lib"]);
        using (var copy = Process.Start("cp", ["-r", Path.Combine(Npm, "node_modules"), function["prefix/lib"]]))
            copy.WaitForExit();
        return ThawRun.OfAsync(function, ["--program", $"nodejs={function["prefix/bin/node"]}", "--timeout", "60", .. options]);
    }

    [Fact]
    public async Task Is_boto3_for_python()
    {
        using var function = WrittenFunction.Python(Boto3);
        (await WithBoto3Async(function)).Answered("\"https://lambda.eu-west-1.amazonaws.com\"");
    }

    [Fact]
    public async Task Is_less_than_a_boto3_of_a_layer_and_that_less_than_the_functions_own()
    {
        using var function = WrittenFunction.Python(Boto3).With("layer/python/boto3.py", "owner = 'the layer'");
        (await WithBoto3Async(function, "--layer", function["layer"])).Answered("\"boto3 of the layer\"");
        function.With("boto3.py", "owner = 'the function'");
        (await WithBoto3Async(function, "--layer", function["layer"])).Answered("\"boto3 of the function\"");
    }

    [Fact]
    public async Task Costs_nothing_while_it_is_not_imported()
    {
        using var function = WrittenFunction.Python("""
            import sys
            def handler(event, context):
                return [name for name in [*sys.path_importer_cache, *sys.modules] if name == "site" or name.endswith("dist-packages")]
            """);
        (await WithBoto3Async(function)).Answered("[]");
    }

    [Theory]
    [InlineData("index.mjs", "import { LambdaClient } from '@aws-sdk/client-lambda';")]
    [InlineData("index.mjs", "const { LambdaClient } = await import('@aws-sdk/client-lambda');")]
    [InlineData("index.cjs", "const { LambdaClient } = require('@aws-sdk/client-lambda');")]
    public async Task Is_that_of_npm_for_node(string file, string source)
    {
        var export = file == "index.cjs" ? "exports.handler" : "export const handler";
        using var function = new WrittenFunction().With(file, $$"""
            {{source}}
            {{export}} = async () => new LambdaClient({ region: 'eu-west-1' }).config.region();
            """);
        (await WithAwsSdkAsync(function)).Answered("\"eu-west-1\"");
    }

    [Fact]
    public async Task Is_less_than_a_package_of_a_layer_and_that_less_than_the_functions_own()
    {
        const string Package = "node_modules/@aws-sdk/client-lambda";
        using var function = WrittenFunction.Node("export { handler } from '@aws-sdk/client-lambda';")
            .With($"layer/nodejs/{Package}/package.json", """{"type":"module","exports":"./main.js"}""")
            .With($"layer/nodejs/{Package}/main.js", "export const handler = async () => 'of the layer';");
        (await WithAwsSdkAsync(function, "--layer", function["layer"])).Answered("\"of the layer\"");

        function.With($"{Package}/package.json", """{"type":"module","exports":"./main.js"}""")
            .With($"{Package}/main.js", "export const handler = async () => 'its own';");
        Directory.Delete(function["prefix"], recursive: true);
        (await WithAwsSdkAsync(function, "--layer", function["layer"])).Answered("\"its own\"");
    }
}
