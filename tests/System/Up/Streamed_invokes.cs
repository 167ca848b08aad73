using System.Text.Json;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>InvokeWithResponseStream, as AWS's own clients see it.</summary>
public sealed class Streamed_invokes(Streamed_invokes.Daemon shared) : IClassFixture<Streamed_invokes.Daemon>
{
    // Debian's boto3 does not know the operation yet, but its decoder of frames does not mind. The test lets the function go on.
    private const string Botocore = """
        import json, sys, urllib.request
        from botocore.eventstream import EventStreamBuffer
        call = urllib.request.Request(f"{sys.argv[1]}2021-11-15/functions/{sys.argv[2]}/response-streaming-invocations",
                                      data=sys.argv[3].encode(), headers={"X-Amz-Log-Type": "Tail"})
        r = urllib.request.urlopen(call)
        frames, parts, end = EventStreamBuffer(), [], None
        while data := r.read1():
            frames.add_data(data)
            for frame in frames:
                if frame.headers[":event-type"] == "PayloadChunk":
                    parts.append(frame.payload.decode())
                    print("got one", file=sys.stderr)
                else: end = json.loads(frame.payload)
        print(json.dumps({"status": r.status, "version": r.headers["X-Amz-Executed-Version"], "type": r.headers["Content-Type"],
                          "parts": parts, "end": end}))
        """;

    private const string Sdk = """
        import { LambdaClient, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
        const [, , endpoint, FunctionName, Payload] = process.argv;
        const client = new LambdaClient({ endpoint });
        const r = await client.send(new InvokeWithResponseStreamCommand({ FunctionName, Payload, LogType: 'Tail' }));
        const parts = [];
        let end;
        for await (const event of r.EventStream) {
          if (event.PayloadChunk) {
            parts.push(Buffer.from(event.PayloadChunk.Payload).toString());
            console.error('got one');
          } else end = event.InvokeComplete;
        }
        console.log(JSON.stringify({ status: r.StatusCode, version: r.ExecutedVersion, type: r.ResponseStreamContentType, parts, end }));
        """;

    // Goes on only when its caller has the first part.
    private const string Streams = """
        import { existsSync } from 'node:fs';
        const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
        export const handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.write('first ');
          while (!existsSync(event.until)) await pause(10);
          if (event.fails) throw new RangeError('as asked');
          stream.write('second');
          stream.end();
        });
        """;

    [Theory, InlineData("botocore"), InlineData("sdk")]
    [Trait("Spec", "API-099"), Trait("Spec", "API-100"), Trait("Spec", "API-102")]
    public async Task Bring_each_part_when_it_is_written_and_the_log_at_the_end(string client)
    {
        var got = await InvokeAsync(client, "streams", "{}");
        Assert.Equal((200, "$LATEST"), (got.GetProperty("status").GetInt32(), got.GetProperty("version").GetString()));
        Assert.Equal("application/vnd.amazon.eventstream", got.GetProperty("type").GetString());
        Assert.Equal("first second", string.Concat(got.GetProperty("parts").EnumerateArray().Select(part => part.GetString())));
        Assert.False(got.GetProperty("end").TryGetProperty("ErrorCode", out _));
        var log = Convert.FromBase64String(got.GetProperty("end").GetProperty("LogResult").GetString()!);
        Assert.Contains("REPORT RequestId: ", System.Text.Encoding.UTF8.GetString(log), StringComparison.Ordinal);
    }

    [Theory, InlineData("botocore"), InlineData("sdk"), Trait("Spec", "API-101")]
    public async Task End_with_the_error_of_a_function_that_fails_midway(string client)
    {
        var got = await InvokeAsync(client, "streams", """{"fails":true}""");
        Assert.Equal("first ", got.GetProperty("parts")[0].GetString());
        var end = got.GetProperty("end");
        Assert.Equal("Unhandled", end.GetProperty("ErrorCode").GetString());
        Assert.Contains("RangeError", end.GetProperty("ErrorDetails").GetString(), StringComparison.Ordinal);
    }

    [Theory, InlineData("botocore"), InlineData("sdk"), Trait("Spec", "API-099")]
    public async Task Bring_a_whole_answer_too(string client)
    {
        var got = await InvokeAsync(client, "whole", "{}");
        Assert.Equal("\"whole\"", string.Concat(got.GetProperty("parts").EnumerateArray().Select(part => part.GetString())));
    }

    [Fact]
    public async Task Are_refused_like_others_before_they_begin()
    {
        (await StreamAsync("missing")).WasRefused(404, "ResourceNotFoundException");
        (await StreamAsync("whole", ("X-Amz-Invocation-Type", "Event")))
            .WasRefused(400, "ValidationException", "[RequestResponse, DryRun]");
        var dry = await StreamAsync("whole", ("X-Amz-Invocation-Type", "DryRun"));
        Assert.Equal((204, 0), (dry.Status, dry.Body.Length));
    }

    private async Task<Answer> StreamAsync(string function, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"/2021-11-15/functions/{function}/response-streaming-invocations");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await shared.Running.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.OfAsync(response);
    }

    private async Task<JsonElement> InvokeAsync(string client, string function, string payload)
    {
        var @event = System.Text.Json.Nodes.JsonNode.Parse(payload)!;
        using var gate = new FileOfFunctions(shared.Running);
        @event["until"] = gate.Path;
        string[] command;
        if (client == "botocore")
        {
            AwsCommand.SkipWithoutBoto3();
            command = [AwsCommand.Python, "-c", Botocore];
        }
        else
        {
            AwsCommand.SkipWithoutNpm("@aws-sdk/client-lambda");
            command = ["/usr/bin/env", "node", shared.Script("stream.mjs", Sdk)];
        }

        using var process = AwsCommand.Start([.. command, shared.Running.Address.ToString(), function, @event.ToJsonString()]);
        var (output, error) = (new Sink(process.StandardOutput.BaseStream), new Sink(process.StandardError.BaseStream));
        await shared.Running.UntilAsync(
            () => process.HasExited || error.SoFar.Contains("got one", StringComparison.Ordinal), $"{client} has the first part");
        if (!process.HasExited)
            gate.Write();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(RunningDaemon.Patience);
        await error.AllAsync(RunningDaemon.Patience);
        Assert.True(process.ExitCode == 0, $"{client} ended with {process.ExitCode}: {error.SoFar}");
        return JsonDocument.Parse(await output.AllAsync(RunningDaemon.Patience)).RootElement;
    }

    public sealed class Daemon() : DaemonOfClients(new FunctionsFolder()
        .Node("streams", Streams).Node("whole", "export const handler = async () => 'whole';"));
}
