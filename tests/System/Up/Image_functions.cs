using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Thaw.Linux;
using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>Functions that are container images, on a daemon that isolates by namespaces.</summary>
public sealed class Image_functions : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Functions = "/2015-03-31/functions";

    private readonly FunctionsFolder functions = new();
    private readonly TemporaryFolder images = new();
    private RunningDaemon? daemon;

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        functions.Dispose();
        images.Dispose();
    }

    [Fact, Trait("Spec", "ENV-116"), Trait("Spec", "ENV-118")]
    public async Task See_their_image_read_only_and_nothing_of_the_machine()
    {
        await StartAsync();
        var made = await CreateReadyAsync("shop", BashImage.Of("shop").ToLayout(At("shop")));
        Assert.Equal(BashImage.Of("shop").Digest, made.Member("CodeSha256"));
        Assert.Equal("bin dev etc lib lib64 proc sys tmp usr word app".Split(' ').Order(StringComparer.Ordinal),
            (await RunAsync("shop", "cd /; echo *")).Split(' ').Except(["run"]).Order(StringComparer.Ordinal));
        Assert.Equal("shop /app here", await RunAsync("shop", "echo $(</word) $PWD *"));
        Assert.Equal("from the image", await RunAsync("shop", "echo $words"));
        foreach (var place in new[] { "/x", "/app/x", "/word", "/etc/passwd", "/dev/x", "/usr/x" })
            Assert.Contains("Read-only file system", await RunAsync("shop", $"echo > {place}"), StringComparison.Ordinal);
        Assert.Equal("mine", await RunAsync("shop", "echo mine > /tmp/x; echo $(</tmp/x)"));
        Assert.Equal("there", await RunAsync("shop", "echo > /dev/null && [[ -d /proc/self && ! -e /proc/1/root/ ]] && echo there"));
        Assert.Contains("Permission denied", await RunAsync("shop", "echo $(</etc/secret)"), StringComparison.Ordinal);
        Assert.Equal("1000", await RunAsync("shop", "echo $UID"));
        Assert.Matches("^root:x:0:0:of the image:.* sbx_user1051:x:1000:", await RunAsync("shop", "echo $(</etc/passwd)"));
        Assert.Contains("localhost", await RunAsync("shop", "echo $(</etc/hosts)"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            functions.Data, await RunAsync("shop", "echo $(</proc/self/environ) $(</proc/1/environ)"), StringComparison.Ordinal);
    }

    [Fact, Trait("Spec", "ENV-116")]
    public async Task Reach_nothing_of_the_machine_by_links_where_places_are()
    {
        await StartAsync();
        await CreateReadyAsync("shop", BashImage.Of("shop").WithLayer(tar =>
        {
            foreach (var name in new[] { "dev", "proc", "sys", "tmp", "etc", "run" })
                tar.File($".wh.{name}").Link(name, $"/../../..{functions.Data}");
        }).ToLayout(At("shop")));
        Assert.Equal("there", await RunAsync("shop", "[[ -c /dev/null && -d /proc/self && -w /tmp ]] && echo there"));
        Assert.Matches("^root:.* sbx_user1051:x:1000:", await RunAsync("shop", "echo $(</etc/passwd)"));
        Assert.Equal("/sys/*", await RunAsync("shop", "echo /sys/*"));
        Assert.Empty(Directory.GetFileSystemEntries(functions.Data, "resolv.conf", SearchOption.TopDirectoryOnly));
    }

    [Fact, Trait("Spec", "ENV-115")]
    public async Task Have_their_images_variables_below_their_own_and_Lambdas()
    {
        await StartAsync();
        await CreateReadyAsync("shop", BashImage.Of("shop").ToLayoutTar(At("shop.tar")),
            ""","Environment":{"Variables":{"BOTH":"function"}}""");
        Assert.Equal("image function us-east-1 /usr/local/bin:/bin",
            await RunAsync("shop", "echo $OF $BOTH $AWS_REGION $PATH $LD_LIBRARY_PATH $_HANDLER $AWS_EXECUTION_ENV"));
        Assert.Equal("shop 128 /var/task",
            await RunAsync("shop", "echo $AWS_LAMBDA_FUNCTION_NAME $AWS_LAMBDA_FUNCTION_MEMORY_SIZE $LAMBDA_TASK_ROOT"));
    }

    [Fact, Trait("Spec", "ENV-009")]
    public async Task Have_the_extensions_of_their_image()
    {
        await StartAsync();
        await CreateReadyAsync("shop", BashImage.Of("shop").WithExtension().ToLayout(At("shop")));
        Assert.Equal("there", await RunAsync("shop", "echo $(</tmp/extension)"));
    }

    [Fact]
    public async Task Are_shown_as_images_and_updated_as_such()
    {
        await StartAsync();
        var (one, two) = (BashImage.Of("one"), BashImage.Of("two"));
        var uri = one.ToLayout(At("shop"), "v1");
        two.ToLayout(uri, "v2");
        await CreateReadyAsync("shop", $"{uri}:v1", ""","ImageConfig":{"Command":["own"]},"Publish":true""");
        var shown = (await daemon!.GetAsync($"{Functions}/shop")).Succeeded().Json;
        Assert.Equal($$"""{"RepositoryType":"ECR","ImageUri":"{{uri}}:v1","ResolvedImageUri":"{{uri}}@sha256:{{one.Digest}}"}""",
            shown.GetProperty("Code").GetRawText());
        var configuration = shown.GetProperty("Configuration");
        Assert.Equal("""{"ImageConfig":{"Command":["own"]}}""", configuration.GetProperty("ImageConfigResponse").GetRawText());
        Assert.Equal("Image", configuration.GetProperty("PackageType").GetString());
        Assert.All(
            ["Runtime", "Handler", "Layers", "RuntimeVersionConfig"], name => Assert.False(configuration.TryGetProperty(name, out _)));
        Assert.Equal("one own", await RunAsync("shop", "echo $(</word) $words"));

        await PutAsync("shop", "code", $$"""{"ImageUri":"{{uri}}:v2"}""");
        await PutAsync("shop", "configuration", """{"ImageConfig":{}}""");
        Assert.Equal("two from the image", await RunAsync("shop", "echo $(</word) $words"));
        Assert.Equal("one own", await RunAsync("shop:1", "echo $(</word) $words"));
        await PutAsync("shop", "configuration",
            """{"ImageConfig":{"EntryPoint":["/bin/sh","/usr/local/bin/runtime"],"WorkingDirectory":"/usr"}}""");
        Assert.Equal("from the image /usr", await RunAsync("shop", "echo $words $PWD"));
    }

    [Theory]
    [InlineData("""{"EntryPoint":["/missing"],"Command":["a","b"]}""", "Runtime.InvalidEntrypoint",
        "Launch error: fork/exec /missing: no such file or directory\tEntrypoint: [/missing]\tCmd: [a,b]\tWorkingDir: [/app]")]
    [InlineData("""{"EntryPoint":["missing"]}""", "Runtime.InvalidEntrypoint",
        "Launch error: exec: \"missing\": executable file not found in $PATH\tEntrypoint: [missing]\tCmd: [from,the image]\tWork")]
    [InlineData("""{"WorkingDirectory":"/missing"}""", "Runtime.InvalidWorkingDir",
        "Launch error: chdir /missing: no such file or directory\tEntrypoint: [runtime]\tCmd: [from,the image]\tWorkingDir: [/missing]")]
    [InlineData("""{"EntryPoint":["/app"]}""", "Runtime.InvalidEntrypoint", "Launch error: fork/exec /app: permission denied")]
    [InlineData("""{"EntryPoint":["/word"]}""", "Runtime.InvalidEntrypoint", "Launch error: fork/exec /word: exec format error")]
    [InlineData("""{"EntryPoint":[""]}""", "Runtime.InvalidTaskConfig", "Invalid task config: there is no entry point")]
    public async Task That_cannot_start_say_why(string config, string type, string line)
    {
        await StartAsync();
        await CreateReadyAsync("shop", BashImage.Of("nonsense").ToLayout(At("shop")), $",\"ImageConfig\":{config}");
        var answer = await daemon!.InvokeAsync("shop", "\"echo\"", ("X-Amz-Log-Type", "Tail"));
        answer.FailedWith(type, "");
        var log = Encoding.UTF8.GetString(Convert.FromBase64String(answer.Header("X-Amz-Log-Result")!));
        Assert.Contains($"IMAGE\t{line}", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whose_image_is_damaged_fail_with_a_reason()
    {
        await StartAsync();
        var image = BashImage.Of("shop");
        var layout = image.ToLayout(At("shop"));
        File.WriteAllBytes(Path.Combine(layout, image.LastLayer), WrittenImage.Gzip([1, 2, 3]));
        Assert.Equal(201, (await CreateAsync("shop", layout)).Status);
        await daemon!.UntilAsync(async () => (await ConfigurationAsync("shop")).Member("State") == "Failed", "it has failed");
        var failed = await ConfigurationAsync("shop");
        Assert.Equal("InvalidImage", failed.Member("StateReasonCode"));
        Assert.Contains("is damaged", failed.Member("StateReason")!, StringComparison.Ordinal);

        image.ToLayout(layout);
        await PutAsync("shop", "code", $$"""{"ImageUri":"{{layout}}@sha256:{{image.Digest}}"}""");
        Assert.Equal("shop", await RunAsync("shop", "echo $(</word)"));
        var other = BashImage.Of("other");
        var otherLayout = other.ToLayout(At("other"));
        File.Delete(Path.Combine(otherLayout, other.LastLayer));
        await daemon.CallAsync(HttpMethod.Put, $"{Functions}/shop/code", $$"""{"ImageUri":"{{otherLayout}}"}""");
        await daemon.UntilAsync(async () => (await ConfigurationAsync("shop")).Member("LastUpdateStatus") == "Failed", "the update fails");
        Assert.Equal("InvalidImage", (await ConfigurationAsync("shop")).Member("LastUpdateStatusReasonCode"));
        Assert.Equal("shop", await RunAsync("shop", "echo $(</word)"));
    }

    [Fact]
    public async Task Are_made_by_the_AWS_CLI()
    {
        AwsCommand.SkipWithoutCli();
        await StartAsync();
        var uri = BashImage.Of("cli").ToDockerArchive(At("shop.tar"), "shop:v1");
        var endpoint = daemon!.Address.ToString();
        foreach (string[] words in (string[][])
        [
            ["create-function", "--function-name", "shop", "--package-type", "Image", "--code", $"ImageUri={uri}:v1",
                "--role", CreatedFunctions.Role, "--image-config", "Command=of,the,cli", "--timeout", "30"],
            ["wait", "function-active-v2", "--function-name", "shop"],
            ["invoke", "--function-name", "shop", "--cli-binary-format", "raw-in-base64-out",
                "--payload", "\"echo $(</word) $words\"", At("answer")],
        ])
        {
            var (status, output, error) = await AwsCommand.RunAsync([AwsCommand.Cli, "--endpoint-url", endpoint, "lambda", .. words]);
            Assert.True(status == 0, output + error);
        }

        Assert.Equal("cli of the cli", await File.ReadAllTextAsync(At("answer"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Are_made_by_thaw_deploy()
    {
        await StartAsync();
        var (one, two) = (BashImage.Of("one"), BashImage.Of("two"));
        one.ToLayoutTar(At("shop.tar"));
        var (status, output, error) = await DeployAsync("--image", Path.GetRelativePath(".", At("shop.tar")), "shop", "--timeout", "30");
        Assert.True(status == 0, error);
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:shop", output.Trim());
        Assert.Equal($"thaw deploy: shop: creating it (the image {At("shop.tar")})\n", error);
        Assert.Equal("one", await RunAsync("shop", "echo $(</word)"));

        File.Delete(At("shop.tar"));
        two.ToLayoutTar(At("shop.tar"));
        (status, _, error) = await DeployAsync("--image", At("shop.tar"), "shop", "--env", "MORE=1", "--publish");
        Assert.True(status == 0, error);
        Assert.Contains("updating its code (the image", error, StringComparison.Ordinal);
        Assert.Contains("updating its configuration", error, StringComparison.Ordinal);
        Assert.Equal("two 1", await RunAsync("shop:1", "echo $(</word) $MORE"));

        (status, _, error) = await DeployAsync("--image", At("missing.tar"), "other");
        Assert.Equal(2, status);
        Assert.Contains($"Source image {At("missing.tar")} does not exist", error, StringComparison.Ordinal);
        var bad = BashImage.Of("bad");
        File.WriteAllBytes(Path.Combine(bad.ToLayout(At("bad")), bad.LastLayer), WrittenImage.Gzip([1]));
        (status, _, error) = await DeployAsync("--image", At("bad"), "bad");
        Assert.Equal(2, status);
        Assert.Contains("bad cannot run: Invalid image: the layer", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task May_lie_in_folders()
    {
        BashImage.Of("folder").ToLayoutTar(At("shop.tar"));
        functions.With("shop", "thaw.json", $$"""
            {"PackageType":"Image","Code":{"ImageUri":"{{Path.GetRelativePath(Path.Combine(functions.Path, "shop"), At("shop.tar"))}}"},
            "ImageConfig":{"Command":["own"]},"Timeout":30}
            """);
        await StartAsync();
        Assert.Equal("folder own", await RunAsync("shop", "echo $(</word) $words"));
        Assert.Equal("Image", (await ConfigurationAsync("shop")).Member("PackageType"));
        BashImage.Of("edited").ToLayoutTar(At("new.tar"));
        File.Move(At("new.tar"), At("shop.tar"), overwrite: true);
        await daemon!.UntilAsync(async () => await RunAsync("shop", "echo $(</word)") == "edited", "the edit is seen");
    }

    [Fact]
    public async Task In_folders_are_unpacked_once_also_for_a_daemon_that_is_started_again()
    {
        BashImage.Of("shop").ToLayoutTar(At("shop.tar"));
        foreach (var name in new[] { "one", "two" })
            functions.With(name, "thaw.json", $$"""{"PackageType":"Image","Code":{"ImageUri":"{{At("shop.tar")}}"},"Timeout":30}""");
        await StartAsync();
        await Task.WhenAll(RunAsync("one", "echo"), RunAsync("two", "echo"));
        var unpacked = Assert.Single(Directory.GetDirectories(Path.Combine(functions.Data, "images")));
        await daemon!.DisposeAsync();
        daemon = null;
        await File.WriteAllTextAsync(Path.Combine(unpacked, "root", "mark"), "the same", TestContext.Current.CancellationToken);
        await StartAsync();
        Assert.Equal("the same", await RunAsync("one", "echo $(</mark)"));
    }

    [Fact]
    public async Task Are_unpacked_anew_where_an_older_copy_was_removed()
    {
        BashImage.Of("shop").ToLayoutTar(At("shop.tar"));
        Write(30);
        await StartAsync();
        await RunAsync("shop", "echo");
        Directory.Delete(Assert.Single(Directory.GetDirectories(Path.Combine(functions.Data, "images"))), recursive: true);
        Write(31);
        await daemon!.UntilAsync(async () => await RunAsync("shop", "[[ -e /word ]] && echo $(</word)") == "shop", "it is there again");
        Assert.Equal("there", await RunAsync("shop", "[[ -c /dev/null && -w /tmp ]] && echo there"));

        void Write(int timeout) => functions.With(
            "shop", "thaw.json", $$"""{"PackageType":"Image","Code":{"ImageUri":"{{At("shop.tar")}}"},"Timeout":{{timeout}} }""");
    }

    [Fact]
    public async Task Need_namespaces_and_say_so()
    {
        await StartAsync("--isolation", "process");
        await CreateReadyAsync("shop", BashImage.Of("shop").ToLayout(At("shop")));
        var answer = await daemon!.InvokeAsync("shop", "\"echo\"");
        Assert.Contains("only isolation by namespaces can run", answer.Text, StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(images.Path, name);

    private async Task StartAsync(params string[] options)
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root makes sandboxes of namespaces");
        daemon = await RunningDaemon.StartAsync(functions, options is [] ? ["--isolation", "namespaces", "--all-cpus"] : options);
    }

    private Task<Answer> CreateAsync(string name, string uri, string more = "") => daemon!.CallAsync(HttpMethod.Post, Functions, $$"""
        {"FunctionName":"{{name}}","Role":"{{CreatedFunctions.Role}}","PackageType":"Image","Timeout":30,
        "Code":{"ImageUri":"{{uri}}"}{{more}}}
        """);

    private async Task<Answer> CreateReadyAsync(string name, string uri, string more = "")
    {
        var made = await CreateAsync(name, uri, more);
        Assert.True(made.Status == 201, made.ToString());
        await daemon!.ReadyAsync(name);
        return made;
    }

    private Task<(int Status, string Output, string Error)> DeployAsync(params string[] words) =>
        ThawCommandLine.RunAsync(daemon!, ["deploy", .. words]);

    private Task<Answer> ConfigurationAsync(string name) => daemon!.GetAsync($"{Functions}/{name}/configuration");

    private async Task PutAsync(string name, string what, string json)
    {
        (await daemon!.CallAsync(HttpMethod.Put, $"{Functions}/{name}/{what}", json)).Succeeded();
        await daemon!.ReadyAsync(name);
    }

    /// <summary>What bash prints.</summary>
    private async Task<string> RunAsync(string name, string command)
    {
        var answer = await daemon!.InvokeAsync(Uri.EscapeDataString(name), JsonSerializer.Serialize(command, Plain));
        return answer.Succeeded().Text.ReplaceLineEndings(" ").Trim();
    }
}
