using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Thaw.Contracts;

namespace Thaw.Environments.Runtimes;

/// <summary>
/// Finds language programs. PATH may hold shims, scripts that pick a version and are slow, so each candidate is asked who it really is,
/// once: its answer holds as long as its file stays the same. May be used by many at a time.
/// </summary>
/// <param name="searchPath">Folders in order, as in PATH.</param>
/// <param name="choices">The user's own programs, by identifier or by language; they are taken as they are.</param>
public sealed class MachinePrograms(IReadOnlyList<string> searchPath, IReadOnlyDictionary<RuntimeIdentifier, string>? choices = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // One entry per file that looks like a program of ours, so it does not grow.
    private readonly ConcurrentDictionary<string, Asked> answers = new();

    /// <summary>What PATH names, then the usual places.</summary>
    public static MachinePrograms OnPath(IReadOnlyDictionary<RuntimeIdentifier, string>? choices = null) => new(
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
        "/usr/local/bin",
        "/usr/bin",
        .. DotnetRoots(),
    ],
        choices);

    /// <summary>What the user set for this identifier, else for its language; null for neither.</summary>
    public string? ChoiceFor(RuntimeIdentifier identifier) =>
        choices?.GetValueOrDefault(identifier) ?? choices?.GetValueOrDefault(identifier with { Version = null });

    /// <summary>The program of the wanted version, else the one with the nearest; null when there is none.</summary>
    /// <param name="language">Whose program it is.</param>
    /// <param name="identifier">Names the version.</param>
    /// <param name="directory">Where our clients are.</param>
    internal MachineProgram? Nearest(Language language, RuntimeIdentifier identifier, string directory)
    {
        var wanted = identifier.Version;
        var question = language.Question(directory);
        MachineProgram? nearest = null;
        foreach (var program in Candidates(language, identifier).SelectMany(candidate => Ask(language, candidate, question)))
        {
            if (wanted is null || language.Distance(program.Version, wanted) == 0)
                return program;
            if (nearest is null || language.Distance(program.Version, wanted) < language.Distance(nearest.Version, wanted))
                nearest = program;
        }

        return nearest;
    }

    // Installers of .NET leave PATH alone.
    private static string[] DotnetRoots() =>
    [
        Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "",
        Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/", ".dotnet"),
        "/usr/share/dotnet",
        "/usr/lib/dotnet",
        "/usr/local/share/dotnet",
    ];

    private IEnumerable<string> Candidates(Language language, RuntimeIdentifier identifier) => ChoiceFor(identifier) is { } chosen
        ? [chosen]
        : language.FileNames(identifier.Version)
            .SelectMany(file => searchPath.Select(folder => Path.Combine(folder, file)))
            .Where(File.Exists)
            .DistinctBy(Behind);

    private static string Behind(string file) =>
        new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(file);

    private MachineProgram[] Ask(Language language, string candidate, IReadOnlyList<string> question)
    {
        var changed = File.GetLastWriteTimeUtc(Behind(candidate));
        var asked = answers.AddOrUpdate(
            candidate,
            _ => new Asked(language, changed, new(() => AnswerOf(language, candidate, question))),
            (_, known) => known.Language == language && known.Changed == changed
                ? known
                : new Asked(language, changed, new(() => AnswerOf(language, candidate, question))));

        // Who gave no answer in time may do so when the machine is less busy.
        if (asked.Programs.Value is null)
            answers.TryRemove(new(candidate, asked));
        return asked.Programs.Value ?? [];
    }

    // Null: none in time.
    private static MachineProgram[]? AnswerOf(Language language, string candidate, IReadOnlyList<string> question)
    {
        try
        {
            var start = new ProcessStartInfo(candidate, question) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment.Remove("NODE_OPTIONS");    // The user's own; it may ask for what this node does not know.
            using var asked = Process.Start(start);
            var answer = asked!.StandardOutput.ReadToEndAsync();
            _ = asked.StandardError.ReadToEndAsync();    // Whoever has much to say must not wait for a reader.
            if (!asked.WaitForExit(Patience))
            {
                asked.Kill(entireProcessTree: true);
                return null;
            }

            return [.. language.Read(answer.Result).Where(program => program.Version >= language.Oldest && File.Exists(program.Path))];
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            return [];
        }
    }

    private sealed record Asked(Language Language, DateTime Changed, Lazy<MachineProgram[]?> Programs);
}
