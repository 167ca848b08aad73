using System.IO.Compression;

namespace Thaw.SystemTests.Runs;

/// <summary>What cannot be used is said in one line that names the fix; what cannot be started is Lambda's error.</summary>
public sealed class Run_of_wrong_input
{
    private const string Fine = "export const handler = async (event) => event;";

    [Fact]
    public async Task A_path_that_does_not_exist_is_named() =>
        (await ThawRun.OfAsync("/nowhere/at/all")).WasUnusable("/nowhere/at/all", "samples/hello-node");

    [Theory]
    [InlineData("{name: 1}", "line 1, column 2", "--event '{")]
    [InlineData("", "--event is empty")]
    [InlineData("@/nowhere.json", "/nowhere.json")]
    public async Task An_event_that_is_no_JSON_is_refused(string json, params string[] words) =>
        (await ThawRun.OfAsync(ThawProgram.Sample("failing"), "--event", json)).WasUnusable(words);

    [Fact]
    public async Task An_event_on_standard_input_must_be_JSON_too()
    {
        using var function = WrittenFunction.Node(Fine);
        (await ThawRun.WithInputAsync("""{"n":1}""", function.Folder, "--event", "-")).Answered("""{"n":1}""");
        (await ThawRun.WithInputAsync("no", function.Folder, "--event", "-")).WasUnusable("standard input is not JSON");
    }

    [Theory]
    [InlineData("{\n  \"Runtime\": nodejs20.x\n}", "thaw.json, line 2: ")]
    [InlineData("{\n  \"Runtime\": \"nodejs20.x\",\n  \"Timeouts\": 3\n}", "thaw.json, line 3: ", "Timeouts")]
    [InlineData("{\n\n  \"Timeout\": \"3\"\n}", "thaw.json, line 3: ", "Timeout")]
    [InlineData("{ \"Timeout\": 901 }", "the timeout must be 1 to 900 seconds")]
    [InlineData("null", "thaw.json holds null")]
    [InlineData("{ \"Layers\": [\"../nowhere\"] }", "there is no folder or zip at ", "/nowhere")]
    [InlineData("{ \"Environment\": { \"Variables\": { \"_HANDLER\": \"x\" } } }", "_HANDLER", "reserves")]
    public async Task A_broken_thaw_json_is_named_with_its_line(string text, params string[] words)
    {
        using var function = WrittenFunction.Node(Fine).With("thaw.json", text);
        (await ThawRun.OfAsync(function)).WasUnusable(words);
    }

    [Fact]
    public async Task An_unknown_runtime_is_told_what_can_be_run() =>
        (await ThawRun.OfAsync(ThawProgram.Sample("failing"), "--runtime", "java21")).WasUnusable("'java21'", "provided.al2023");

    [Theory]
    [InlineData("nodejs=/nowhere/node", "/nowhere/node", "--program python3=")]
    [InlineData("nodejs=/bin/false", "/bin/false does not run as node", "--program")]
    [InlineData("perl=/usr/bin/perl", "no runtime perl")]
    public async Task A_program_that_cannot_run_the_function_is_refused(string choice, params string[] words) =>
        (await ThawRun.OfAsync(ThawProgram.Sample("failing"), "--program", choice)).WasUnusable(words);

    [Fact]
    public async Task A_folder_without_a_sign_of_its_runtime_is_asked_for_one()
    {
        using var function = new WrittenFunction().With("notes.txt", "");
        (await ThawRun.OfAsync(function)).WasUnusable(function.Folder, "--runtime");
    }

    [Theory]
    [InlineData("AWS_REGION=x", "AWS_REGION"), InlineData("_HANDLER=x", "_HANDLER")]
    [InlineData("=x", "NAME=VALUE"), InlineData("NAME", "NAME=VALUE")]
    public async Task A_variable_that_cannot_be_set_is_refused(string variable, string word) =>
        (await ThawRun.OfAsync(ThawProgram.Sample("failing"), "--env", variable)).WasUnusable(word);

    [Fact]
    public async Task More_than_4_KB_of_variables_are_refused() =>
        (await ThawRun.OfAsync(ThawProgram.Sample("failing"), "--env", $"BIG={new string('x', 4096)}")).WasUnusable("4096");

    // Root reads everything, so the program becomes somebody else there: a copy of it, because a checkout may lie in a home.
    [Theory, InlineData(UnixFileMode.None), InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead)]
    public async Task A_folder_that_cannot_be_read_or_entered_is_refused(UnixFileMode mode)
    {
        const UnixFileMode Everyone = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        using var function = new WrittenFunction().With("code/index.mjs", Fine);
        File.SetUnixFileMode(function.Folder, File.GetUnixFileMode(function.Folder) | Everyone);
        File.SetUnixFileMode(function["code"], mode);
        string[] nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        var thaw = ThawProgram.CopyTo(function["thaw"]);

        // By namespaces, notices of what a plain user goes without come first.
        using var run = ThawRun.Start(
            Environment.IsPrivilegedProcess ? nobody : [], thaw, function["code"], "--isolation", "process");
        var ended = await run.EndAsync();
        File.SetUnixFileMode(function["code"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        ended.WasUnusable($"cannot read {function["code"]}", "chmod u+rx");
    }

    // --- zips --------------------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_zip_is_a_function_and_its_programs_stay_executable()
    {
        using var function = new WrittenFunction();
        using (var zip = ZipFile.Open(function["f.zip"], ZipArchiveMode.Create))
            zip.CreateEntryFromFile(Path.Combine(ThawProgram.Sample("custom-runtime"), "bootstrap"), "bootstrap");
        using (var zip = ZipFile.Open(function["f.zip"], ZipArchiveMode.Update))
            zip.CreateEntryFromFile(Path.Combine(ThawProgram.Sample("custom-runtime"), "function.sh"), "function.sh");
        (await ThawRun.OfAsync(function["f.zip"])).Answered("""{"message":"Hello, world!"}""");
    }

    [Fact]
    public async Task A_file_that_is_no_zip_is_refused()
    {
        using var function = new WrittenFunction().With("f.zip", "PK, but nothing else");
        (await ThawRun.OfAsync(function["f.zip"])).WasUnusable("cannot unpack", function["f.zip"]);
    }

    [Theory, InlineData("../../evil"), InlineData("/tmp/thaw-evil"), InlineData("a/../../../evil")]
    public async Task A_zip_that_would_write_outside_is_refused_and_writes_nothing(string entry)
    {
        using var function = new WrittenFunction();
        using (var zip = ZipFile.Open(function["f.zip"], ZipArchiveMode.Create))
        {
            zip.CreateEntry("index.mjs");
            zip.CreateEntry(entry);
        }

        (await ThawRun.OfAsync(function["f.zip"], "--data", function["data"])).WasUnusable("cannot unpack", "outside");
        Assert.Empty(Directory.GetFileSystemEntries(function.Folder, "*evil*", SearchOption.AllDirectories));
        Assert.False(File.Exists("/tmp/thaw-evil"));
    }

    [Fact]
    public async Task What_was_unpacked_is_gone_after_the_run()
    {
        using var function = new WrittenFunction();
        using (var zip = ZipFile.Open(function["f.zip"], ZipArchiveMode.Create))
        {
            await using var entry = new StreamWriter(zip.CreateEntry("index.mjs").Open());
            await entry.WriteAsync(Fine);
        }

        (await ThawRun.OfAsync(function["f.zip"], "--data", function["data"])).Answered("{}");
        Assert.Empty(Directory.GetFileSystemEntries(function["data/runs"]));
    }

    // --- what cannot be started ----------------------------------------------------------------------------------------------------

    [Fact, Trait("Spec", "ENV-117")]
    public async Task A_missing_bootstrap_is_an_invalid_entrypoint()
    {
        using var function = new WrittenFunction().With("notes.txt", "");
        (await ThawRun.OfAsync(function, "--runtime", "provided.al2023")).FailedWith("Runtime.InvalidEntrypoint",
            $@"Error: Couldn't find valid bootstrap\(s\): \[{function.TaskRoot}/bootstrap \S*/opt/bootstrap\]$");
    }

    [Fact, Trait("Spec", "ENV-117")]
    public async Task A_bootstrap_that_is_a_folder_is_none()
    {
        using var function = new WrittenFunction().With("bootstrap/notes.txt", "");
        (await ThawRun.OfAsync(function, "--runtime", "provided.al2023"))
            .FailedWith("Runtime.InvalidEntrypoint", "Couldn't find valid bootstrap");
    }

    [Theory]
    [InlineData("#!/nowhere/sh\n", true, @"no such file or directory \(the interpreter it names does not exist")]
    [InlineData("echo hello\n", true, @"exec format error \(it is neither a program for this machine nor a script that begins with #!")]
    [InlineData("#!/bin/sh\n", false, @"permission denied \(it is not executable\)$")]
    public async Task A_bootstrap_that_cannot_be_executed_is_an_invalid_entrypoint(string text, bool isExecutable, string reason)
    {
        using var function = new WrittenFunction();
        _ = isExecutable ? function.WithProgram("bootstrap", text) : function.With("bootstrap", text);
        var run = await ThawRun.OfAsync(function);

        var file = $"{function.TaskRoot}/bootstrap";
        run.FailedWith("Runtime.InvalidEntrypoint", $"^RequestId: [0-9a-f-]{{36}} Error: fork/exec {file}: {reason}");
        const string Ending = @"\tError Type: Runtime\.InvalidEntrypoint$";
        run.LogHasInOrder($"^INIT_REPORT .*{Ending}", "^START ", $"^REPORT .*{Ending}");
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_written_to_matters_when_something_must_be_written()
    {
        using var function = WrittenFunction.Node(Fine);
        ZipFile.CreateFromDirectory(function.Folder, function.Folder + ".zip");
        string[] options = ["--data", "/proc/nowhere", "--isolation", "process"]; // Sandboxes of namespaces always write.
        (await ThawRun.OfAsync(function, options)).Answered("{}");
        (await ThawRun.OfAsync(function.Folder + ".zip", options)).WasUnusable("cannot create /proc/nowhere", "--data");
        File.Delete(function.Folder + ".zip");
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_written_to_leaves_no_sandboxes_but_processes()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root makes sandboxes of namespaces");
        using var function = WrittenFunction.Node(Fine);
        (await ThawRun.OfAsync(function, "--data", "/proc/nowhere", "--isolation", "namespaces"))
            .WasUnusable("cannot create /proc/nowhere", "--data", "--isolation process");
        var run = await ThawRun.OfAsync(function, "--data", "/proc/nowhere", "--isolation", "auto");
        run.Answered("{}").LogHasInOrder("functions are isolated by processes only.*cannot create /proc/nowhere", "^START ");
    }
}
