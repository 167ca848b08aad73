using System.Diagnostics;
using System.Text;
using Thaw.Testing;

namespace Thaw.SystemTests.Runtimes;

/// <summary>A real runtime process with a function of the test's own, talking to a <see cref="FakeRuntimeApi"/>.</summary>
internal sealed class RunningRuntime : IAsyncDisposable
{
    private readonly DirectoryInfo root = OpenFiles.NewFolder("thaw-runtime-");
    private readonly StringBuilder output = new();
    private readonly Process process;

    private RunningRuntime(
        RuntimeUnderTest runtime, string handler, Dictionary<string, string> files, Dictionary<string, string> variables,
        FakeRuntimeApi? api)
    {
        Api = api ?? new FakeRuntimeApi();
        foreach (var (name, source) in files)
        {
            var file = Path.Combine(TaskRoot, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, source);
        }

        // Frames are for descriptor 9, which the shell opens; .NET cannot pass descriptors on.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec 9>\"$FRAMES\"; unset FRAMES; exec \"$@\"", "sh",
            runtime.Command[0], .. runtime.Command[1..^1], Path.Combine(runtime.FullFolder, runtime.Command[^1])])
        {
            WorkingDirectory = TaskRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        foreach (var (name, value) in PlatformVariables(runtime, handler).Append(new("PATH", path!)).Concat(variables))
            start.Environment[name] = value;

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public FakeRuntimeApi Api { get; }
    public string TaskRoot => root.FullName;
    public byte[] Frames => File.ReadAllBytes(FramesFile);
    public bool HasExited => process.HasExited;

    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    private string FramesFile => Path.Combine(TaskRoot, ".frames");

    public static RunningRuntime Start(RuntimeUnderTest runtime, string handler, Dictionary<string, string> files,
        Dictionary<string, string>? variables = null, FakeRuntimeApi? api = null) => new(runtime, handler, files, variables ?? [], api);

    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        return process.ExitCode;
    }

    /// <summary>Output arrives beside the answer, so a line of it may be late.</summary>
    public async Task<string> OutputWithAsync(string text)
    {
        for (var tries = 0; tries < 200 && !Output.Contains(text, StringComparison.Ordinal); tries++)
            await Task.Delay(25);
        Assert.Contains(text, Output, StringComparison.Ordinal);
        return Output;
    }

    /// <summary>Kills the runtime; what it wrote before is complete afterwards.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
        await Api.DisposeAsync();
        root.Delete(recursive: true);
    }

    // What the platform sets, and nothing of the tests' own environment; spec: 6.1.
    private Dictionary<string, string> PlatformVariables(RuntimeUnderTest runtime, string handler) => new()
    {
        ["FRAMES"] = FramesFile,
        ["_HANDLER"] = handler,
        ["AWS_LAMBDA_RUNTIME_API"] = Api.Authority,
        ["AWS_LAMBDA_FUNCTION_NAME"] = "f",
        ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
        ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "128",
        ["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/f",
        ["AWS_LAMBDA_LOG_STREAM_NAME"] = "2026/11/25/[$LATEST]0",
        ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand",
        ["LAMBDA_TASK_ROOT"] = TaskRoot,
        ["LAMBDA_RUNTIME_DIR"] = runtime.FullFolder,
        ["LANG"] = "en_US.UTF-8",
        ["TZ"] = ":UTC",
    };

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.Append(line).Append('\n');
    }
}
