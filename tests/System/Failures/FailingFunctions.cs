using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Thaw.SystemTests.Runs;
using Thaw.SystemTests.Up;
using Thaw.Testing;

namespace Thaw.SystemTests.Failures;

/// <summary>
/// Writes the function of a case. It does what a file in its /tmp asks for, and until there is one what it is asked for from the beginning.
/// </summary>
internal static class FailingFunctions
{
    private const int RoomMegabytes = 512, TightMegabytes = 128, PatientSeconds = 60, ImpatientSeconds = 5;

    private const string Python = "#!/usr/bin/python3\n";

    public static bool CanCompile { get; } = Environment.GetEnvironmentVariable("PATH")!.Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "gcc")));

    public static void Write(FunctionsFolder functions, FailureCase failure, FailureFiles files)
    {
        var (runtime, file, text) = failure.Who switch
        {
            "node" => ("nodejs20.x", "index.mjs", Source("index.mjs")),
            "own" or "native" => ("provided.al2023", "bootstrap", Python + Source("deeds.py") + Source("bootstrap.py")),
            _ => ("python3.13", "index.py", Source("deeds.py") + Source("index.py")),
        };
        functions.With(failure.Function, file, text);
        MakeExecutable(functions[failure.Function, file]);
        WriteDescription(functions, failure, runtime, files);

        if (failure.Who == "native")
            Compile(functions[failure.Function, file]);
        else if (failure.Deed == "no bootstrap")
            File.Delete(functions[failure.Function, file]);
        else if (failure.Who == "extension")
            WriteExtensions(functions, failure);
    }

    private static void WriteDescription(FunctionsFolder functions, FailureCase failure, string runtime, FailureFiles files)
    {
        var mark = functions.Mark.Split('=');
        var isHanging = failure.Deed.StartsWith("hang", StringComparison.Ordinal) && failure.Deed != "hang once";
        functions.With(failure.Function, "thaw.json", new JsonObject
        {
            ["Runtime"] = runtime,
            ["Handler"] = "index.handler",
            ["Timeout"] = isHanging ? ImpatientSeconds : PatientSeconds,
            ["MemorySize"] = failure.Deed == "fill" ? TightMegabytes : RoomMegabytes,
            ["LoggingConfig"] = failure.IsInRecords
                ? new JsonObject { ["LogFormat"] = "JSON", ["SystemLogLevel"] = "DEBUG", ["ApplicationLogLevel"] = "FATAL" }
                : new JsonObject { ["LogFormat"] = "Text" },
            ["Layers"] = failure.Who == "extension" ? new JsonArray("layer") : [],
            ["Environment"] = new JsonObject
            {
                ["Variables"] = new JsonObject
                {
                    [mark[0]] = mark[1],
                    ["STATE"] = files.State.Path,
                    ["DEED"] = files.Deed.Path,
                    ["FIRST_DEED"] = failure.IsFromTheBeginning ? failure.Asked : "",
                },
            },
        }.ToJsonString(JsonSerializerOptions.Web));
    }

    private static void WriteExtensions(FunctionsFolder functions, FailureCase failure)
    {
        var count = failure.Deed == "one of eleven" ? 11 : 1;
        for (var number = 1; number <= count; number++)
        {
            var file = $"layer/extensions/companion-{number:00}";
            functions.With(failure.Function, file, Python + Source("deeds.py") + Source("extension.py"));
            if (failure.Deed != "not executable")
                MakeExecutable(functions[failure.Function, file]);
        }
    }

    private static void Compile(string program)
    {
        using var compiling = Process.Start("gcc", ["-O1", "-o", program, SourcePath("native.c")]);
        compiling.WaitForExit();
        Assert.Equal(0, compiling.ExitCode);
    }

    private static string Source(string name) => File.ReadAllText(SourcePath(name)) + "\n";

    private static string SourcePath(string name) => Path.Combine(ThawProgram.Root, "tests/System/Failures/functions", name);

    private static void MakeExecutable(string file) =>
        File.SetUnixFileMode(file, OpenFiles.Program);
}
