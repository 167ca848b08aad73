using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;

namespace Thaw.Environments;

/// <summary>
/// Under which names those inside of a sandbox see the files of their plan. Everything else is looked at where it lies on the machine.
/// <code>
///   on the machine     in a sandbox of its own
///   code               /var/task
///   merged layers      /opt
///   runtime client     /var/runtime
///   an image           /
///   language           /var/lang, unless it is below the machine's /usr
/// </code>
/// </summary>
public sealed class PathsInside
{
    private const string Lang = "/var/lang";

    /// <summary>The longest first.</summary>
    private readonly (string Path, string Inside)[] names;

    private readonly bool isRoot;

    private PathsInside(IEnumerable<(string Path, string Inside)> names, bool isRoot = false) =>
        (this.names, this.isRoot) = ([.. names.OrderByDescending(name => name.Path.Length)], isRoot);

    /// <summary>They see the machine as it is.</summary>
    public static PathsInside Unchanged { get; } = new([]);

    /// <summary>What has to be mounted for these names: folders and files that exist.</summary>
    public IEnumerable<(string Path, string Inside)> Mounts => isRoot ? [] : names.Where(name => Path.Exists(name.Path));

    /// <summary>AWS's own names. Spec 6.3; ENV-116. An image is the root itself, and nothing is mounted over it.</summary>
    public static PathsInside OfLambda(EnvironmentPlan plan)
    {
        if (plan.Image is { } image)
            return new([(image.Root, "")], isRoot: true);
        var (files, runtime) = (plan.Files, plan.Runtime);
        List<(string, string)> names = [(files.TaskRoot, "/var/task"), (files.Opt, "/opt")];
        if (runtime.IsOurs)
            names.Add((runtime.RuntimeDirectory, "/var/runtime"));
        if (runtime.Prefix is { } prefix)
            names.Add((prefix, File.Exists(prefix) ? $"{Lang}/bin/{Path.GetFileName(prefix)}" : Lang));
        return new(names.Select(name => (Path.GetFullPath(name.Item1), name.Item2)));
    }

    public FunctionFiles Of(FunctionFiles files) => new(Of(files.TaskRoot), Of(files.Opt));

    public RuntimeCommand Of(RuntimeCommand command) => names.Length == 0 ? command : command with
    {
        Path = command.Path is null ? null : Of(command.Path),
        Arguments = [.. command.Arguments.Select(Of)],
        Launcher = [.. command.Launcher.Select(Of)],
        RuntimeDirectory = Of(command.RuntimeDirectory),
        LanguageBin = Of(command.LanguageBin),
        Defaults = [.. command.Defaults.Select(Of)],
        SearchPaths = files => command.SearchPaths(files).Select(Of),
    };

    private KeyValuePair<string, string> Of(KeyValuePair<string, string> variable) =>
        new(variable.Key, string.Join(':', variable.Value.Split(':').Select(Of)));

    // What is no path of ours stays as it is.
    private string Of(string path)
    {
        foreach (var (folder, inside) in names)
        {
            if (path == folder)
                return inside;
            if (path.StartsWith(folder, StringComparison.Ordinal) && path[folder.Length] == '/')
                return inside + path[folder.Length..];
        }

        return path;
    }
}
