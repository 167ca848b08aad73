using System.Security.Cryptography;

namespace Thaw.SystemTests.Up;

/// <summary>Functions that are created through the API: they run, are changed and deleted while they run.</summary>
public sealed class Functions_that_are_created(Functions_that_are_created.Daemon shared) : IClassFixture<Functions_that_are_created.Daemon>
{
    private readonly RunningDaemon daemon = shared.Running;

    [Fact, Trait("Spec", "API-018"), Trait("Spec", "API-042")]
    public async Task Run_what_is_good_by_now_and_finish_what_they_have_begun()
    {
        await daemon.CreateReadyAsync("changed", CreatedFunctions.Worker("one"));
        using var gate = new FileOfFunctions(daemon);
        var atWork = daemon.InvokeAsync("changed", $$"""{"line":"changed began","until":"{{gate.Path}}"}""");
        await daemon.SaysAsync("changed began");
        (await daemon.UploadAsync("changed", CreatedFunctions.Worker("two"))).Succeeded();
        await daemon.ReadyAsync("changed");
        Assert.Equal("two", (await daemon.InvokeAsync("changed")).Succeeded().Member("word"));
        gate.Write();
        Assert.Equal("one", (await atWork).Succeeded().Member("word"));
    }

    [Fact, Trait("Spec", "API-045")]
    public async Task Finish_what_they_have_begun_when_they_are_deleted()
    {
        await daemon.CreateReadyAsync("deleted", CreatedFunctions.Worker());
        using var gate = new FileOfFunctions(daemon);
        var atWork = daemon.InvokeAsync("deleted", $$"""{"line":"deleted began","until":"{{gate.Path}}"}""");
        await daemon.SaysAsync("deleted began");
        Assert.Equal(204, (await daemon.CallAsync(HttpMethod.Delete, "/2015-03-31/functions/deleted")).Status);
        (await daemon.InvokeAsync("deleted")).WasRefused(404, "ResourceNotFoundException", ":function:deleted");
        gate.Write();
        (await atWork).Succeeded();
        await daemon.UntilAsync(async () => (await daemon.EnvironmentsAsync("deleted")).Length == 0, "its environments are gone");
    }

    [Fact, Trait("Spec", "API-050"), Trait("Spec", "API-060"), Trait("Spec", "API-063")]
    [Trait("Spec", "API-079"), Trait("Spec", "ENV-049")]
    public async Task Run_each_version_by_number_and_by_alias()
    {
        await daemon.CreateReadyAsync("versioned", CreatedFunctions.Worker("one"), ",\"Publish\":true");
        (await daemon.UploadAsync("versioned", CreatedFunctions.Worker("two"), ",\"Publish\":true")).Succeeded();
        await daemon.ReadyAsync("versioned");
        foreach (var (qualifier, word) in new[] { ("1", "one"), ("2", "two"), ("$LATEST", "two") })
        {
            var answer = (await daemon.InvokeAsync($"versioned:{qualifier}")).Succeeded();
            Assert.Equal((word, qualifier), (answer.Member("word"), answer.Header("X-Amz-Executed-Version")));
            Assert.Equal(qualifier, answer.Member("version"));
            Assert.EndsWith($":function:versioned:{qualifier}", answer.Member("arn"), StringComparison.Ordinal);
        }

        var alias = await daemon.CallAsync(HttpMethod.Post, "/2015-03-31/functions/versioned/aliases", """
            {"Name":"live","FunctionVersion":"1","RoutingConfig":{"AdditionalVersionWeights":{"2":0.5}}}
            """);
        Assert.True(alias.Status == 201, alias.ToString());
        HashSet<string?> seen = [];
        for (var call = 0; call < 40 && seen.Count < 2; call++)
        {
            var answer = (await daemon.InvokeAsync("versioned:live")).Succeeded();
            Assert.Equal(answer.Header("X-Amz-Executed-Version") == "1" ? "one" : "two", answer.Member("word"));
            Assert.EndsWith(":function:versioned:live", answer.Member("arn"), StringComparison.Ordinal);
            seen.Add(answer.Header("X-Amz-Executed-Version"));
        }

        Assert.Equal(2, seen.Count);
    }

    [Fact, Trait("Spec", "API-115")]
    public async Task Run_as_often_at_once_as_they_have_reserved()
    {
        const string Concurrency = "/2017-10-31/functions/reserved/concurrency";
        await daemon.CreateReadyAsync("reserved", CreatedFunctions.Worker());
        (await daemon.CallAsync(HttpMethod.Put, Concurrency, """{"ReservedConcurrentExecutions":1}""")).Succeeded();
        using var gate = new FileOfFunctions(daemon);
        var atWork = daemon.InvokeAsync("reserved", $$"""{"line":"reserved began","until":"{{gate.Path}}"}""");
        await daemon.SaysAsync("reserved began");
        (await daemon.InvokeAsync("reserved")).WasThrottled("ReservedFunctionConcurrentInvocationLimitExceeded");
        gate.Write();
        (await atWork).Succeeded();
        (await daemon.InvokeAsync("reserved")).Succeeded();
        (await daemon.CallAsync(HttpMethod.Put, Concurrency, """{"ReservedConcurrentExecutions":0}""")).Succeeded();
        (await daemon.InvokeAsync("reserved")).WasThrottled("ReservedFunctionConcurrentInvocationLimitExceeded");
        Assert.Equal(204, (await daemon.CallAsync(HttpMethod.Delete, Concurrency)).Status);
        (await daemon.InvokeAsync("reserved")).Succeeded();
    }

    [Fact, Trait("Spec", "API-014"), Trait("Spec", "API-035")]
    public async Task Come_in_zips_of_41_megabytes()
    {
        // In base64 that is a body of 55 million bytes. Random bytes do not get smaller in a zip.
        var noise = new byte[41_000_000];
        new Random(1).NextBytes(noise);
        var zip = CreatedFunctions.Zip("index.mjs", "export const handler = async () => 'large'; // " + Convert.ToHexString(noise[..16]));
        using var bytes = new MemoryStream();
        await bytes.WriteAsync(zip, TestContext.Current.CancellationToken);
        using (var archive = new System.IO.Compression.ZipArchive(bytes, System.IO.Compression.ZipArchiveMode.Update, leaveOpen: true))
        await using (var entry = await archive.CreateEntry("noise", System.IO.Compression.CompressionLevel.NoCompression).OpenAsync(
            TestContext.Current.CancellationToken))
        {
            await entry.WriteAsync(noise, TestContext.Current.CancellationToken);
        }

        zip = bytes.ToArray();
        await daemon.CreateReadyAsync("large", zip);
        Assert.Equal("\"large\"", (await daemon.InvokeAsync("large")).Succeeded().Text);
        var shown = (await daemon.GetAsync("/2015-03-31/functions/large")).Succeeded().Json;
        var location = new Uri(shown.GetProperty("Code").GetProperty("Location").GetString()!);
        var digest = SHA256.HashData((await daemon.GetAsync(location.PathAndQuery)).Succeeded().Body);
        Assert.Equal(Convert.ToBase64String(digest), shown.GetProperty("Configuration").GetProperty("CodeSha256").GetString());
        Assert.Equal(SHA256.HashData(zip), digest);
    }

    [Fact]
    public async Task Of_languages_that_Thaw_has_not_bring_their_own_client()
    {
        const string Bootstrap = """
            #!/bin/sh
            api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
            while :; do
              id=$(curl -sS -D - -o /dev/null "$api/next" | tr -d '\r' | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
              curl -sS -d "\"$_HANDLER\"" "$api/$id/response" > /dev/null
            done
            """;
        using var bytes = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(bytes, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = archive.CreateEntry("bootstrap");
            entry.ExternalAttributes = Convert.ToInt32("100755", 8) << 16;
            await using var stream = await entry.OpenAsync(TestContext.Current.CancellationToken);
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Bootstrap), TestContext.Current.CancellationToken);
        }

        await daemon.CreateReadyAsync("java", bytes.ToArray(), runtime: "java21", handler: "example.Handler::handle");
        Assert.Equal("\"example.Handler::handle\"", (await daemon.InvokeAsync("java")).Succeeded().Text);
    }

    [Fact]
    public async Task Come_before_folders_of_their_name_while_they_are_there()
    {
        Assert.Null((await daemon.InvokeAsync("folder")).Succeeded().Member("word"));
        await daemon.CreateReadyAsync("folder", CreatedFunctions.Worker("created"));
        await daemon.SaysAsync("the folder of that name is not used");
        Assert.Equal("created", (await daemon.InvokeAsync("folder")).Succeeded().Member("word"));
        Assert.Equal(204, (await daemon.CallAsync(HttpMethod.Delete, "/2015-03-31/functions/folder")).Status);
        await daemon.UntilAsync(
            async () => (await daemon.InvokeAsync("folder")).Succeeded().Member("word") is null, "the folder's function runs again");
    }

    /// <summary>One daemon for all of these, with a function in a folder.</summary>
    public sealed class Daemon : IAsyncLifetime
    {
        private readonly FunctionsFolder functions = new FunctionsFolder().Workers("folder");

        internal RunningDaemon Running { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Running = await RunningDaemon.StartAsync(functions);

        public async ValueTask DisposeAsync()
        {
            await Running.DisposeAsync();
            functions.Dispose();
        }
    }
}
