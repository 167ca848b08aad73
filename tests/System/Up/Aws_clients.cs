using System.Text.Json;

namespace Thaw.SystemTests.Up;

/// <summary>AWS's own clients, unmodified: what they make of a success, of a function's error, and of each kind of refusal.</summary>
public sealed class Aws_clients(Aws_clients.Daemon shared) : IClassFixture<Aws_clients.Daemon>
{
    // Each prints one document: what it got, or the error as the client raises it.
    private const string Boto3 = """
        import base64, boto3, json, sys
        from botocore.config import Config
        client = boto3.client("lambda", endpoint_url=sys.argv[1], config=Config(retries={"max_attempts": 0}))
        got = {}
        try:
            r = client.invoke(FunctionName=sys.argv[2], Payload=sys.argv[3], LogType="Tail",
                              ClientContext=base64.b64encode(b'{"custom":{"name":"Ada"}}').decode())
            got = {"status": r["StatusCode"], "version": r["ExecutedVersion"], "error": r.get("FunctionError"),
                   "payload": json.load(r["Payload"]),
                   "log": base64.b64decode(r["LogResult"]).decode(), "id": r["ResponseMetadata"]["RequestId"]}
        except client.exceptions.ResourceNotFoundException as e: got = {"raised": "not found", "message": e.response["Message"]}
        except client.exceptions.TooManyRequestsException as e:
            got = {"raised": "throttled", "reason": e.response["Reason"], "after": e.response["retryAfterSeconds"]}
        except client.exceptions.ResourceConflictException as e: got = {"raised": "conflict", "message": e.response["message"]}
        except client.exceptions.InvalidRequestContentException as e: got = {"raised": "invalid", "message": e.response["message"]}
        print(json.dumps(got))
        """;

    private const string Sdk = """
        import { LambdaClient, InvokeCommand, ResourceNotFoundException, TooManyRequestsException, ResourceConflictException,
          InvalidRequestContentException } from '@aws-sdk/client-lambda';
        const [, , endpoint, FunctionName, Payload] = process.argv;
        const client = new LambdaClient({ endpoint, maxAttempts: 1 });
        let got;
        try {
          const ClientContext = Buffer.from('{"custom":{"name":"Ada"}}').toString('base64');
          const r = await client.send(new InvokeCommand({ FunctionName, Payload, LogType: 'Tail', ClientContext }));
          got = { status: r.StatusCode, version: r.ExecutedVersion, error: r.FunctionError, payload: JSON.parse(Buffer.from(r.Payload)),
            log: Buffer.from(r.LogResult, 'base64').toString(), id: r.$metadata.requestId };
        } catch (e) {
          if (e instanceof ResourceNotFoundException) got = { raised: 'not found', message: e.message };
          else if (e instanceof TooManyRequestsException) got = { raised: 'throttled', reason: e.Reason, after: e.retryAfterSeconds };
          else if (e instanceof ResourceConflictException) got = { raised: 'conflict', message: e.message };
          else if (e instanceof InvalidRequestContentException) got = { raised: 'invalid', message: e.message };
          else throw e;
        }
        console.log(JSON.stringify(got));
        """;

    private readonly RunningDaemon daemon = shared.Running;

    [Theory, InlineData("boto3"), InlineData("sdk")]
    [Trait("Spec", "API-084"), Trait("Spec", "API-077"), Trait("Spec", "API-078")]
    public async Task Get_the_answer_the_log_and_the_version(string client)
    {
        var got = await InvokeAsync(client, "worker", """{"text":"Zoë"}""");
        Assert.Equal((200, "$LATEST"), (got.GetProperty("status").GetInt32(), got.GetProperty("version").GetString()));
        var payload = got.GetProperty("payload");
        Assert.Equal("Zoë", payload.GetProperty("event").GetProperty("text").GetString());
        Assert.Equal(got.GetProperty("id").GetString(), payload.GetProperty("id").GetString());
        Assert.Contains("\"Ada\"", payload.GetProperty("client").GetRawText(), StringComparison.Ordinal);
        Assert.Contains($"END RequestId: {got.GetProperty("id")}\nREPORT ", got.GetProperty("log").GetString(), StringComparison.Ordinal);
        Assert.True(!got.TryGetProperty("error", out var error) || error.ValueKind == JsonValueKind.Null);
    }

    [Theory, InlineData("boto3"), InlineData("sdk"), Trait("Spec", "API-084")]
    public async Task Get_the_error_of_a_function(string client)
    {
        var got = await InvokeAsync(client, "worker", """{"how":"throw"}""");
        Assert.Equal((200, "Unhandled"), (got.GetProperty("status").GetInt32(), got.GetProperty("error").GetString()));
        Assert.Equal("RangeError", got.GetProperty("payload").GetProperty("errorType").GetString());
    }

    [Theory, InlineData("boto3"), InlineData("sdk"), Trait("Spec", "API-084"), Trait("Spec", "API-016"), Trait("Spec", "API-017")]
    public async Task Raise_each_refusal_as_its_own_kind(string client)
    {
        var missing = await InvokeAsync(client, "missing", "{}");
        Assert.Equal("not found", missing.GetProperty("raised").GetString());
        Assert.EndsWith(":function:missing", missing.GetProperty("message").GetString(), StringComparison.Ordinal);
        var broken = await InvokeAsync(client, "broken", "{}");
        Assert.Equal("conflict", broken.GetProperty("raised").GetString());
        Assert.Contains("thaw.json", broken.GetProperty("message").GetString()!, StringComparison.Ordinal);
        var invalid = await InvokeAsync(client, "worker", "{");
        Assert.Equal("invalid", invalid.GetProperty("raised").GetString());

        var throttled = await WhileAllPlacesAreTakenAsync(() => InvokeAsync(client, "worker", "{}"));
        Assert.Equal(("throttled", "ConcurrentInvocationLimitExceeded", "1"), (throttled.GetProperty("raised").GetString(),
            throttled.GetProperty("reason").GetString(), throttled.GetProperty("after").GetString()));
    }

    [Fact, Trait("Spec", "API-084")]
    public async Task Of_the_command_line_get_answers_and_errors()
    {
        var (status, output, _) = await CliAsync("worker", """{"text":"Zoë"}""");
        Assert.Equal((0, "200/$LATEST/None"), (status, output.Said));
        Assert.Equal("Zoë", output.Payload.GetProperty("event").GetProperty("text").GetString());

        (status, output, _) = await CliAsync("arn:aws:lambda:us-east-1:000000000000:function:worker:$LATEST", """{"how":"throw"}""");
        Assert.Equal((0, "200/$LATEST/Unhandled"), (status, output.Said));
        Assert.Equal("RangeError", output.Payload.GetProperty("errorType").GetString());
    }

    [Fact, Trait("Spec", "API-084"), Trait("Spec", "API-002")]
    public async Task Of_the_command_line_name_each_refusal()
    {
        var (status, _, error) = await CliAsync("missing", "{}");
        Assert.Equal(254, status);
        Assert.Matches(
            @"An error occurred \(ResourceNotFoundException\) when calling the Invoke operation.*: Function not found: arn:", error);

        (status, _, error) = await WhileAllPlacesAreTakenAsync(() => CliAsync("worker", "{}"));
        Assert.Equal(254, status);
        Assert.Contains("(TooManyRequestsException)", error, StringComparison.Ordinal);
        Assert.Contains("Rate Exceeded.", error, StringComparison.Ordinal);
    }

    private async Task<T> WhileAllPlacesAreTakenAsync<T>(Func<Task<T>> call)
    {
        using var gate = new FileOfFunctions(daemon);
        var atWork = daemon.InvokeAsync("worker", $$"""{"line":"begun {{gate.Path}}","until":"{{gate.Path}}"}""");
        await daemon.SaysAsync($"begun {gate.Path}");
        try
        {
            return await call();
        }
        finally
        {
            gate.Write();
            (await atWork).Succeeded();
        }
    }

    private async Task<JsonElement> InvokeAsync(string client, string function, string payload)
    {
        string[] command;
        if (client == "boto3")
        {
            AwsCommand.SkipWithoutBoto3();
            command = [AwsCommand.Python, "-c", Boto3];
        }
        else
        {
            AwsCommand.SkipWithoutNpm("@aws-sdk/client-lambda");
            command = ["/usr/bin/env", "node", shared.Script("client.mjs", Sdk)];
        }

        var (status, output, error) = await AwsCommand.RunAsync([.. command, daemon.Address.ToString(), function, payload]);
        Assert.True(status == 0, $"{client} ended with {status}: {error}");
        return JsonDocument.Parse(output).RootElement;
    }

    private async Task<(int Status, (string Said, JsonElement Payload) Output, string Error)> CliAsync(string function, string payload)
    {
        AwsCommand.SkipWithoutCli();
        var file = shared.Script($"{Guid.NewGuid():N}.json", "null");
        var (status, output, error) = await AwsCommand.RunAsync(
            AwsCommand.Cli, "lambda", "invoke", "--endpoint-url", daemon.Address.ToString(), "--function-name", function,
            "--cli-binary-format", "raw-in-base64-out", "--payload", payload,
            "--output", "text", "--query", "join('/', [to_string(StatusCode), ExecutedVersion, FunctionError || 'None'])", file);
        return (status, (output.Trim(), JsonDocument.Parse(File.ReadAllBytes(file)).RootElement), error);
    }

    /// <summary>One daemon with a single place, so that a second caller is throttled.</summary>
    public sealed class Daemon() : DaemonOfClients(
        new FunctionsFolder().Workers("worker").With("broken", "thaw.json", "{"), "--concurrency", "1");
}
