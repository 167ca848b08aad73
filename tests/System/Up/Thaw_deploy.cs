using System.IO.Compression;
using System.Text.Json;

namespace Thaw.SystemTests.Up;

/// <summary><c>thaw deploy</c>, <c>thaw invoke</c> and <c>thaw list</c> against a daemon.</summary>
public sealed class Thaw_deploy(Thaw_deploy.Daemon shared) : IClassFixture<Thaw_deploy.Daemon>
{
    private readonly RunningDaemon daemon = shared.Running;

    [Fact]
    public async Task Brings_a_folder_and_only_what_has_changed_of_it()
    {
        using var folder = Written("changing", "one");
        var (status, output, error) = await DeployAsync(folder["changing"]);
        Assert.True(status == 0, error);
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:changing", output.Trim());
        Assert.Contains("changing: creating it (2 files, ", error, StringComparison.Ordinal);
        Assert.Equal("""{"said":"one","env":"1"}""", await InvokeAsync("changing"));

        Assert.Equal("thaw deploy: changing: nothing has changed\n", (await DeployAsync(folder["changing"])).Error);

        folder.With("changing", "index.mjs", Source("two"));
        error = (await DeployAsync(folder["changing"], "--publish", "--json")).Error;
        Assert.Contains("updating its code", error, StringComparison.Ordinal);
        Assert.DoesNotContain("configuration", error, StringComparison.Ordinal);
        Assert.Contains("this is version 1", error, StringComparison.Ordinal);

        error = (await DeployAsync(folder["changing"], "--env", "SAID=2", "--timeout", "9")).Error;
        Assert.Contains("updating its configuration", error, StringComparison.Ordinal);
        Assert.DoesNotContain("code", error, StringComparison.Ordinal);
        Assert.Equal("""{"said":"two","env":"2"}""", await InvokeAsync("changing"));
        Assert.Equal("""{"said":"two","env":"1"}""", await InvokeAsync("changing", "--qualifier", "1"));
    }

    [Fact]
    public async Task Brings_a_zip_with_layers_under_another_name()
    {
        using var folder = Written("zipped", "zip");
        folder.With("extra", "words.txt", "of the layer");
        var zip = folder["", "f.zip"];
        await ZipFile.CreateFromDirectoryAsync(folder["zipped"], zip, TestContext.Current.CancellationToken);
        var (status, _, error) = await DeployAsync(zip, "--name", "renamed", "--layer", folder["extra"]);
        Assert.True(status == 0, error);
        Assert.Contains("renamed-extra: publishing the layer (1 file, ", error, StringComparison.Ordinal);
        Assert.Contains("renamed: creating it (a zip, ", error, StringComparison.Ordinal);

        error = (await DeployAsync(zip, "--name", "renamed", "--layer", folder["extra"])).Error;
        Assert.DoesNotContain("layer", error, StringComparison.Ordinal);
        folder.With("extra", "words.txt", "of the next one");
        error = (await DeployAsync(zip, "--name", "renamed", "--layer", folder["extra"])).Error;
        Assert.Contains("publishing the layer", error, StringComparison.Ordinal);
        Assert.Contains("updating its configuration", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_seen_by_list()
    {
        using var folder = Written("listed", "here");
        Assert.Equal(0, (await DeployAsync(folder["listed"])).Status);
        var (status, table, _) = await ThawCommandLine.RunAsync(daemon, "list");
        Assert.Equal(0, status);
        Assert.Matches(@"^NAME +RUNTIME +HANDLER +MEMORY +TIMEOUT +CODE +CHANGED\n", table);
        Assert.Matches(@"\nlisted +nodejs20\.x +index\.handler +128 MB +60 s +\d+ +20", table);
        using var json = JsonDocument.Parse((await ThawCommandLine.RunAsync(daemon, "list", "--json")).Output);
        Assert.Contains("listed", json.RootElement.EnumerateArray().Select(one => one.GetProperty("FunctionName").GetString()));
    }

    [Fact]
    public async Task Is_invoked_in_each_way()
    {
        using var folder = Written("invoked", "yes");
        Assert.Equal(0, (await DeployAsync(folder["invoked"])).Status);
        var (status, output, error) = await ThawCommandLine.RunAsync(
            daemon, "invoke", "invoked", "--payload", """{"line":"hello log"}""", "--log");
        Assert.Equal((0, "{\"said\":\"yes\",\"env\":\"1\"}\n"), (status, output));
        Assert.Contains("hello log", error, StringComparison.Ordinal);
        Assert.Contains("REPORT RequestId", error, StringComparison.Ordinal);

        (status, output, error) = await ThawCommandLine.RunAsync(daemon, "invoke", "invoked", "--payload", """{"fail":true}""");
        Assert.Equal(1, status);
        Assert.Contains("as asked", output, StringComparison.Ordinal);
        Assert.Equal("thaw invoke: the function failed (Unhandled)\n", error);

        (status, output, error) = await ThawCommandLine.RunAsync(
            daemon, "invoke", "invoked", "--payload", """{"line":"later"}""", "--async");
        Assert.Equal((0, ""), (status, output));
        Assert.Contains("accepted; thaw logs invoked --request-id ", error, StringComparison.Ordinal);
        await daemon.SaysAsync("later");

        (status, _, error) = await ThawCommandLine.RunAsync(daemon, "invoke", "nobody");
        Assert.Equal(2, status);
        Assert.Contains("Function not found: arn:", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_is_wrong()
    {
        using var folder = Written("wrong", "x");
        var (status, output, error) = await DeployAsync("/nowhere");
        Assert.Equal((2, "", "thaw deploy: there is no folder or zip file /nowhere\n"), (status, output, error));
        Assert.Contains("ValidationException", (await DeployAsync(folder["wrong"], "--name", "no name")).Error, StringComparison.Ordinal);
        Assert.Contains("(InvalidParameterValueException)", (await DeployAsync(
            folder["wrong"], "--runtime", "cobol85")).Error, StringComparison.Ordinal);

        folder.With("empty", "read.me", "nothing to run");
        Assert.Contains("cannot tell the runtime", (await DeployAsync(folder["empty"])).Error, StringComparison.Ordinal);
        (status, _, error) = await ThawCommandLine.RunAsync("http://127.0.0.1:1", [], "deploy", folder["wrong"]);
        Assert.Equal(2, status);
        Assert.Equal("thaw deploy: no daemon answers at http://127.0.0.1:1; start one by thaw up, or name another by --endpoint "
            + "or THAW_ENDPOINT\n", error);
    }

    [Fact]
    public async Task Leaves_a_function_in_a_folder_to_its_owner()
    {
        using var functions = new FunctionsFolder();
        functions.With("owned", "index.mjs", Source("of the folder")).With("owned", "thaw.json", "{}");
        await using var serving = await RunningDaemon.StartAsync(functions);
        using var folder = Written("owned", "deployed");
        folder.With("extra", "words.txt", "of the layer");
        var (status, _, error) = await ThawCommandLine.RunAsync(serving, "deploy", folder["owned"], "--layer", folder["extra"]);
        Assert.Equal(2, status);
        Assert.Contains("--name deploys this under another name", error, StringComparison.Ordinal);
        Assert.DoesNotContain("layer", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outlives_the_daemon()
    {
        using var functions = new FunctionsFolder();
        using var folder = Written("lasting", "still here");
        await using (var first = await RunningDaemon.StartAsync(functions))
            Assert.Equal(0, (await ThawCommandLine.RunAsync(first, "deploy", folder["lasting"])).Status);
        await using (var second = await RunningDaemon.StartAsync(functions))
        {
            Assert.Contains("still here", (await ThawCommandLine.RunAsync(second, "invoke", "lasting")).Output, StringComparison.Ordinal);
            using var deleted = await second.Http.DeleteAsync(
                new Uri("/2015-03-31/functions/lasting", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(204, (int)deleted.StatusCode);
        }

        await using var third = await RunningDaemon.StartAsync(functions);
        var code = Path.Combine(functions.Data, "code");
        await third.UntilAsync(() => Directory.GetFileSystemEntries(code).Length == 0, "the code that nobody uses is gone");
    }

    [Fact, Trait("Spec", "API-123")]
    public async Task Signs_its_requests()
    {
        using var functions = new FunctionsFolder();
        using var folder = Written("signed", "signed");
        var keys = functions["", "keys"];
        await File.WriteAllTextAsync(
            keys, "[a]\naws_access_key_id = AKID\naws_secret_access_key = 0123456789abcdef\n", TestContext.Current.CancellationToken);
        await using var guarded = await RunningDaemon.StartAsync(functions, "--require-auth", keys);
        string[] good = ["AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=0123456789abcdef"];
        foreach (var command in new[] { new[] { "deploy", folder["signed"] }, ["invoke", "signed"], ["list"], ["logs", "signed"] })
        {
            var (status, _, error) = await ThawCommandLine.RunAsync($"{guarded.Address}", good, command);
            Assert.True(status == 0, error);
            (status, _, error) = await ThawCommandLine.RunAsync($"{guarded.Address}", ["AWS_ACCESS_KEY_ID=other"], command);
            Assert.Equal(2, status);
            Assert.Contains(command[0] == "logs" ? "who asks" : "UnrecognizedClientException", error, StringComparison.Ordinal);
            Assert.Contains("AWS_SECRET_ACCESS_KEY", error, StringComparison.Ordinal);
        }
    }

    private static string Source(string said) => $$"""
        export const handler = async (event) => {
          if (event.line) console.log(event.line);
          if (event.fail) throw new Error('as asked');
          return { said: '{{said}}', env: process.env.SAID };
        };
        """;

    private static WrittenFolder Written(string name, string said)
    {
        var written = new WrittenFolder();
        written.With(name, "index.mjs", Source(said));
        written.With(name, "thaw.json", """
            { "Runtime": "nodejs20.x", "Handler": "index.handler", "Timeout": 60, "Environment": { "Variables": { "SAID": "1" } } }
            """);
        return written;
    }

    private Task<(int Status, string Output, string Error)> DeployAsync(params string[] arguments) =>
        ThawCommandLine.RunAsync(daemon, ["deploy", .. arguments]);

    private async Task<string> InvokeAsync(string function, params string[] arguments)
    {
        var (status, output, error) = await ThawCommandLine.RunAsync(daemon, ["invoke", function, .. arguments]);
        Assert.True(status == 0, error);
        return output.TrimEnd();
    }

    /// <summary>Functions on a disk, of which no daemon knows.</summary>
    private sealed class WrittenFolder : IDisposable
    {
        private readonly FunctionsFolder functions = new();

        public string this[string function] => functions[function, ""].TrimEnd('/');

        public string this[string function, string file] => functions[function, file];

        public WrittenFolder With(string function, string file, string text)
        {
            functions.With(function, file, text);
            return this;
        }

        public void Dispose() => functions.Dispose();
    }

    public sealed class Daemon : IAsyncLifetime
    {
        private readonly FunctionsFolder functions = new();

        internal RunningDaemon Running { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Running = await RunningDaemon.StartAsync(functions);

        public async ValueTask DisposeAsync()
        {
            await Running.DisposeAsync();
            functions.Dispose();
        }
    }
}
