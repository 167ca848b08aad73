using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>AWS's own clients, unmodified: a function's life from its creation on.</summary>
public sealed class Aws_clients_that_make_functions(Aws_clients_that_make_functions.Daemon shared)
    : IClassFixture<Aws_clients_that_make_functions.Daemon>
{
    private const string Boto3 = """
        import boto3, json, sys
        from botocore.config import Config
        client = boto3.client("lambda", endpoint_url=sys.argv[1], config=Config(retries={"max_attempts": 0}))
        zip, got = open(sys.argv[2], "rb").read(), {}
        made = client.create_function(FunctionName="boto", Role="arn:aws:iam::000000000000:role/r", Runtime="nodejs20.x",
                                      Handler="index.handler", Code={"ZipFile": zip}, Publish=True, Tags={"a": "1"})
        got["made"] = [made["ResponseMetadata"]["HTTPStatusCode"], made["State"], made["Version"], "LastUpdateStatus" in made]
        client.get_waiter("function_active_v2").wait(FunctionName="boto", WaiterConfig={"Delay": 1})
        try: client.create_function(FunctionName="boto", Role="arn:aws:iam::000000000000:role/r", Runtime="nodejs20.x",
                                    Handler="index.handler", Code={"ZipFile": zip})
        except client.exceptions.ResourceConflictException as e: got["twice"] = e.response["Error"]["Message"]
        client.update_function_configuration(FunctionName="boto", Environment={"Variables": {"TEXT": "hello"}})
        client.get_waiter("function_updated_v2").wait(FunctionName="boto", WaiterConfig={"Delay": 1})
        got["second"] = client.publish_version(FunctionName="boto")["Version"]
        client.create_alias(FunctionName="boto", Name="live", FunctionVersion="2")
        answer = client.invoke(FunctionName="boto", Qualifier="live", Payload="{}")
        got["invoked"] = [answer["StatusCode"], answer["ExecutedVersion"], json.load(answer["Payload"])["version"]]
        got["versions"] = [v["Version"] for p in client.get_paginator("list_versions_by_function").paginate(FunctionName="boto")
                           for v in p["Versions"]]
        config = client.put_function_event_invoke_config(FunctionName="boto", MaximumRetryAttempts=0)
        got["config"] = [config["MaximumRetryAttempts"], config["DestinationConfig"]]
        client.add_permission(FunctionName="boto", StatementId="s", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com")
        got["policy"] = json.loads(client.get_policy(FunctionName="boto")["Policy"])["Statement"][0]["Principal"]
        try: client.put_function_concurrency(FunctionName="boto", ReservedConcurrentExecutions=5000)
        except client.exceptions.InvalidParameterValueException as e: got["reserved"] = e.response["message"]
        got["signing"] = "CodeSigningConfigArn" in client.get_function_code_signing_config(FunctionName="boto")
        client.delete_function(FunctionName="boto")
        try: client.get_function(FunctionName="boto")
        except client.exceptions.ResourceNotFoundException as e: got["gone"] = e.response["Message"]
        print(json.dumps(got))
        """;

    private const string Sdk = """
        import { readFileSync } from 'node:fs';
        import * as lambda from '@aws-sdk/client-lambda';
        const [, , endpoint, file] = process.argv;
        const client = new lambda.LambdaClient({ endpoint, maxAttempts: 1 });
        const call = (name, input) => client.send(new lambda[`${name}Command`]({ FunctionName: 'sdk', ...input }));
        const ZipFile = readFileSync(file), Role = 'arn:aws:iam::000000000000:role/r', got = {};
        const refusal = async (name, input) => {
          try { await call(name, input); } catch (e) { return [e.name, e instanceof lambda[e.name], e.$metadata.httpStatusCode]; }
        };
        const layer = await call('PublishLayerVersion', { LayerName: 'tools', Content: { ZipFile }, CompatibleRuntimes: ['nodejs20.x'] });
        got.layer = [layer.Version, layer.Content.CodeSize === ZipFile.length];
        const made = await call('CreateFunction',
          { Role, Runtime: 'nodejs20.x', Handler: 'index.handler', Code: { ZipFile }, Layers: [layer.LayerVersionArn] });
        got.made = [made.State, made.LastModified, made.Layers.length];
        await lambda.waitUntilFunctionActiveV2({ client, maxWaitTime: 60, minDelay: 1 }, { FunctionName: 'sdk' });
        const answer = await call('Invoke', { Payload: '{}', Qualifier: '$LATEST' });
        got.invoked = [answer.StatusCode, answer.ExecutedVersion, JSON.parse(Buffer.from(answer.Payload)).version];
        const revision = (await call('GetFunctionConfiguration')).RevisionId;
        got.stale = await refusal('UpdateFunctionConfiguration', { RevisionId: made.RevisionId });
        await call('UpdateFunctionConfiguration', { RevisionId: revision, Timeout: 9 });
        await lambda.waitUntilFunctionUpdatedV2({ client, maxWaitTime: 60, minDelay: 1 }, { FunctionName: 'sdk' });
        got.bad = await refusal('UpdateFunctionConfiguration', { Runtime: 'cobol' });
        const config = await call('PutFunctionEventInvokeConfig', { MaximumEventAgeInSeconds: 60 });
        got.config = [config.LastModified instanceof Date, config.DestinationConfig];
        await call('TagResource', { Resource: made.FunctionArn, Tags: { a: '1', b: '2', c: '3' } });
        await call('UntagResource', { Resource: made.FunctionArn, TagKeys: ['a', 'b'] });
        got.tags = (await call('GetFunction')).Tags;
        got.listed = (await call('ListFunctions')).Functions.some((one) => one.FunctionName === 'sdk');
        await call('DeleteFunction');
        got.gone = await refusal('GetFunction');
        console.log(JSON.stringify(got));
        """;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly RunningDaemon daemon = shared.Running;

    [Fact]
    public async Task By_boto3()
    {
        AwsCommand.SkipWithoutBoto3();
        var got = await RunAsync(AwsCommand.Python, "-c", Boto3, daemon.Address.ToString(), shared.Zip);
        Assert.Equal("""[201,"Pending","1",false]""", got("made"));
        Assert.Equal("\"Function already exist: boto\"", got("twice"));
        Assert.Equal(("\"2\"", """[200,"2","2"]""", """["$LATEST","1","2"]"""), (got("second"), got("invoked"), got("versions")));
        Assert.Equal(("""[0,{"OnSuccess":{},"OnFailure":{}}]""", """{"Service":"s3.amazonaws.com"}"""), (got("config"), got("policy")));
        Assert.Contains("minimum value of [100]", got("reserved"), StringComparison.Ordinal);
        Assert.Equal("false", got("signing"));
        Assert.Equal("\"Function not found: arn:aws:lambda:us-east-1:000000000000:function:boto\"", got("gone"));
    }

    [Fact, Trait("Spec", "API-012")]
    public async Task By_the_sdk()
    {
        AwsCommand.SkipWithoutNpm("@aws-sdk/client-lambda");
        var got = await RunAsync("/usr/bin/env", "node", shared.Script("make.mjs", Sdk), daemon.Address.ToString(), shared.Zip);
        Assert.Equal(("[1,true]", """[200,"$LATEST","$LATEST"]"""), (got("layer"), got("invoked")));
        Assert.StartsWith("""["Pending","20""", got("made"), StringComparison.Ordinal);
        Assert.Equal("""["PreconditionFailedException",true,412]""", got("stale"));
        Assert.Equal("""["InvalidParameterValueException",true,400]""", got("bad"));
        Assert.Equal(("""[true,{"OnSuccess":{},"OnFailure":{}}]""", """{"c":"3"}""", "true"), (got("config"), got("tags"), got("listed")));
        Assert.Equal("""["ResourceNotFoundException",true,404]""", got("gone"));
    }

    [Fact, Trait("Spec", "API-020")]
    public async Task By_the_command_line()
    {
        AwsCommand.SkipWithoutCli();
        Assert.Equal("Pending", await CliAsync("create-function", "State", "--role", "arn:aws:iam::000000000000:role/r", "--runtime",
            "nodejs20.x", "--handler", "index.handler", "--zip-file", $"fileb://{shared.Zip}"));
        await CliAsync("wait", null, "function-active-v2");
        Assert.Equal("200/$LATEST", await CliAsync("invoke", "join('/', [to_string(StatusCode), ExecutedVersion])", shared.PathOf("out")));
        Assert.Equal("InProgress", await CliAsync("update-function-configuration", "LastUpdateStatus", "--timeout", "9"));
        await CliAsync("wait", null, "function-updated-v2");
        Assert.Equal("1", await CliAsync("publish-version", "Version"));
        Assert.Equal("1", await CliAsync("create-alias", "FunctionVersion", "--name", "live", "--function-version", "1"));
        Assert.Equal("200/1", await CliAsync(
            "invoke", "join('/', [to_string(StatusCode), ExecutedVersion])", "--qualifier", "live", shared.PathOf("out")));
        Assert.Equal("9", await CliAsync("get-function", "Configuration.Timeout"));
        await CliAsync("delete-function", null);
    }

    private async Task<string> CliAsync(string operation, string? query, params string[] arguments)
    {
        string[] about = operation == "wait" ? [arguments[0], "--function-name", "cli"] : ["--function-name", "cli", .. arguments];
        string[] asks = query is null ? [] : ["--query", query];
        var (status, output, error) = await AwsCommand.RunAsync(
            [AwsCommand.Cli, "lambda", operation, .. about, "--endpoint-url", daemon.Address.ToString(), "--output", "text", .. asks]);
        Assert.True(status == 0, $"{operation} ended with {status}: {error}");
        return output.Trim();
    }

    private static async Task<Func<string, string>> RunAsync(params string[] command)
    {
        var (status, output, error) = await AwsCommand.RunAsync(command);
        Assert.True(status == 0, $"it ended with {status}: {error}");
        var got = JsonDocument.Parse(output).RootElement;
        return name => JsonNode.Parse(got.GetProperty(name).GetRawText())!.ToJsonString(Plain);
    }

    /// <summary>One daemon, and a zip to make functions of.</summary>
    public sealed class Daemon : IAsyncLifetime
    {
        private readonly FunctionsFolder functions = new();
        private readonly DirectoryInfo files = OpenFiles.NewFolder("thaw-clients-");

        internal RunningDaemon Running { get; private set; } = null!;

        internal string Zip => PathOf("worker.zip");

        public async ValueTask InitializeAsync()
        {
            AwsCommand.LinkNpm(files.FullName);
            await File.WriteAllBytesAsync(Zip, CreatedFunctions.Worker());
            Running = await RunningDaemon.StartAsync(functions);
        }

        public async ValueTask DisposeAsync()
        {
            await Running.DisposeAsync();
            functions.Dispose();
            files.Delete(recursive: true);
        }

        internal string PathOf(string name) => Path.Combine(files.FullName, name);

        internal string Script(string name, string text)
        {
            File.WriteAllText(PathOf(name), text);
            return PathOf(name);
        }
    }
}
