using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary><c>thaw up --require-auth</c>: AWS's own clients sign, and whoever does not is refused.</summary>
public sealed class Signed_calls(Signed_calls.Daemon shared) : IClassFixture<Signed_calls.Daemon>
{
    private const string Id = "AKIDOFTHETEST", Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private const string Presigned = """
        import boto3, sys, urllib.request
        client = boto3.client("lambda", endpoint_url=sys.argv[1])
        url = client.generate_presigned_url("invoke", Params={"FunctionName": sys.argv[2], "Qualifier": "$LATEST"}, HttpMethod="POST")
        print(urllib.request.urlopen(urllib.request.Request(url, method="POST")).read().decode())
        """;

    private const string Sdk = """
        import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda';
        const [, , endpoint, FunctionName] = process.argv;
        const client = new LambdaClient({ endpoint, maxAttempts: 1 });
        const command = new InvokeCommand({ FunctionName, Payload: '{"text":"Zoë"}' });
        const answer = await client.send(command).catch((e) => ({ Payload: e.name }));
        console.log(Buffer.from(answer.Payload).toString());
        """;

    private readonly RunningDaemon daemon = shared.Running;

    [Fact, Trait("Spec", "API-123")]
    public async Task Of_the_command_line_are_served()
    {
        AwsCommand.SkipWithoutCli();
        var (status, output, error) = await CliAsync(Secret);
        Assert.True(status == 0, error);
        Assert.Contains("200", output, StringComparison.Ordinal);
        var got = await File.ReadAllTextAsync(shared.PathOf("out"), TestContext.Current.CancellationToken);
        Assert.Contains("Zoë", got, StringComparison.Ordinal);
    }

    [Fact, Trait("Spec", "API-123")]
    public async Task With_another_secret_are_refused()
    {
        AwsCommand.SkipWithoutCli();
        var (status, _, error) = await CliAsync(Secret + "x");
        Assert.Equal(254, status);
        Assert.Contains("(InvalidSignatureException)", error, StringComparison.Ordinal);
    }

    [Fact, Trait("Spec", "API-123")]
    public async Task Of_the_SDK_are_served_and_refused()
    {
        AwsCommand.SkipWithoutNpm("@aws-sdk/client-lambda");
        Assert.Contains("Zoë", (await ClientAsync(Secret, "node", shared.PathOf("sdk.mjs"))).Output, StringComparison.Ordinal);
        Assert.StartsWith(
            "InvalidSignatureException", (await ClientAsync("other", "node", shared.PathOf("sdk.mjs"))).Output, StringComparison.Ordinal);
    }

    [Fact, Trait("Spec", "API-124")]
    public async Task Presigned_by_boto3_are_served()
    {
        AwsCommand.SkipWithoutBoto3();
        var (_, output, error) = await ClientAsync(Secret, AwsCommand.Python, shared.PathOf("presigned.py"));
        Assert.True(output.Contains("\"version\":\"$LATEST\"", StringComparison.Ordinal), error);
    }

    [Fact]
    public async Task Alone_are_served()
    {
        (await daemon.InvokeAsync("worker")).WasRefused(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        foreach (var path in new[] { "/thaw/environments", "/metrics", "/thaw/logs/worker", "/2015-03-31/functions" })
            Assert.Equal(403, (await daemon.GetAsync(path)).Status);
        (await daemon.GetAsync("/healthz")).Succeeded();
    }

    [Fact]
    public async Task Want_a_file_that_has_keys()
    {
        using var functions = new FunctionsFolder();
        var (status, line) = await RunningDaemon.RefusesToStartAsync(functions, "--require-auth", "/nowhere/keys");
        Assert.Equal(2, status);
        Assert.Contains("/nowhere/keys", line, StringComparison.Ordinal);
        Assert.Contains("--require-auth", line, StringComparison.Ordinal);
    }

    private Task<(int Status, string Output, string Error)> CliAsync(string secret) => AwsCommand.RunAsync(
        "env", $"AWS_ACCESS_KEY_ID={Id}", $"AWS_SECRET_ACCESS_KEY={secret}", AwsCommand.Cli, "lambda", "invoke", "--endpoint-url",
        $"{daemon.Address}", "--function-name", "arn:aws:lambda:us-east-1:000000000000:function:worker:$LATEST", "--payload",
        """{"text":"Zoë"}""", "--cli-binary-format", "raw-in-base64-out", shared.PathOf("out"));

    private Task<(int Status, string Output, string Error)> ClientAsync(string secret, params string[] program) => AwsCommand.RunAsync(
        ["env", $"AWS_ACCESS_KEY_ID={Id}", $"AWS_SECRET_ACCESS_KEY={secret}", .. program, $"{daemon.Address}", "worker"]);

    public sealed class Daemon : IAsyncLifetime
    {
        private readonly FunctionsFolder functions = new FunctionsFolder().Workers("worker");
        private readonly DirectoryInfo scripts = OpenFiles.NewFolder("thaw-signed-");

        internal RunningDaemon Running { get; private set; } = null!;

        public string PathOf(string file) => Path.Combine(scripts.FullName, file);

        public async ValueTask InitializeAsync()
        {
            AwsCommand.LinkNpm(scripts.FullName);
            await File.WriteAllTextAsync(PathOf("sdk.mjs"), Sdk);
            await File.WriteAllTextAsync(PathOf("presigned.py"), Presigned);
            await File.WriteAllTextAsync(PathOf("keys"), $"[test]\naws_access_key_id = {Id}\naws_secret_access_key = {Secret}\n");
            Running = await RunningDaemon.StartAsync(functions, "--require-auth", PathOf("keys"));
        }

        public async ValueTask DisposeAsync()
        {
            await Running.DisposeAsync();
            functions.Dispose();
            scripts.Delete(recursive: true);
        }
    }
}
