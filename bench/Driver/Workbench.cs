using System.Collections;
using System.Globalization;

namespace Thaw.Bench.Driver;

/// <summary>The programs that are measured, and a place for their files.</summary>
internal sealed class Workbench
{
    private readonly string folder;
    private readonly string[] variables;
    private int logs;

    /// <param name="options">What was asked for.</param>
    /// <param name="programs">The folder of the benchmark programs, this one among them.</param>
    /// <param name="thaw">The daemon's program, with its runtimes beside it.</param>
    /// <param name="folder">Ours to empty and fill.</param>
    internal Workbench(Options options, string programs, string thaw, string folder)
    {
        (Options, Thaw, this.folder) = (options, options.Thaw ?? thaw, folder);
        Floor = Path.Combine(programs, "Thaw.Bench.Floor");
        BareKestrel = Path.Combine(programs, "Thaw.Bench.BareKestrel");
        NativeRuntime = Path.Combine(programs, "Thaw.Bench.NativeRuntime");
        NativeExtension = Path.Combine(programs, "Thaw.Bench.NativeExtension");
        LineRecorder = Path.Combine(programs, "Thaw.Bench.LineRecorder");
        RowInserter = Path.Combine(programs, "Thaw.Bench.RowInserter");
        SandboxMaker = Path.Combine(programs, "Thaw.Bench.SandboxMaker");
        HeavyDotnet = Path.Combine(programs, "HeavyDotnet");
        foreach (var program in new[] { Thaw, Floor, BareKestrel, NativeRuntime, NativeExtension, LineRecorder, RowInserter, SandboxMaker })
        {
            if (!File.Exists(program))
                throw new BenchException($"{program} does not exist; ./bench/run builds it");
        }

        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(Path.Combine(folder, "logs"));
        Languages = new Languages(Path.Combine(Path.GetDirectoryName(Thaw)!, "runtimes"));
        Machine = new Machine(options.Cpu);

        // The daemon gets our variables, but for the place of its files.
        variables =
        [
            .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .Where(variable => (string)variable.Key != "THAW_DATA")
                .Select(variable => $"{variable.Key}={variable.Value}"),
            $"THAW_DATA={Path.Combine(folder, "data")}",
        ];
    }

    internal Options Options { get; }

    internal Machine Machine { get; }

    internal Languages Languages { get; }

    internal string Thaw { get; }

    internal string Floor { get; }

    internal string BareKestrel { get; }

    internal string NativeRuntime { get; }

    internal string NativeExtension { get; }

    internal string LineRecorder { get; }

    internal string RowInserter { get; }

    internal string SandboxMaker { get; }

    /// <summary>The folder that <c>dotnet publish</c> has written.</summary>
    internal string HeavyDotnet { get; }

    internal static void Say(string what) => Console.Error.WriteLine($"bench: {what}");

    /// <summary>Functions of one daemon, in a folder of their own.</summary>
    internal (string Folder, Function[] Functions) CreateFunctions(string owner, params (string Name, Language Language)[] functions)
    {
        var place = Path.Combine(folder, "functions", owner);
        Directory.CreateDirectory(place);
        return (place, [.. functions.Select(each => Function.Create(place, each.Name, each.Language, NativeRuntime))]);
    }

    /// <summary>A folder that is empty, whatever was in it.</summary>
    internal string NewFolder(string name)
    {
        var place = Path.Combine(folder, name);
        if (Directory.Exists(place))
            Directory.Delete(place, recursive: true);
        return Directory.CreateDirectory(place).FullName;
    }

    internal Child Start(string program, params string[] arguments) => Start(program, (null, null, null), arguments);

    /// <param name="streams">Descriptors for its standard input, output and error, where they shall not be nothing and its log.</param>
    internal Child Start(string program, (int? Input, int? Output, int? Error) streams, params string[] arguments) =>
        Child.Start(program, arguments, variables, folder, NewLog(Path.GetFileName(program)), streams);

    internal string NewLog(string name) =>
        Path.Combine(folder, "logs", string.Create(CultureInfo.InvariantCulture, $"{++logs:0000}-{name}.log"));
}
