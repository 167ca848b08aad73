using Thaw.Store.Images;

namespace Thaw.Environments.Functions;

/// <summary>Where a function's files lie, on this machine or as seen from inside of a sandbox; see <see cref="PathsInside"/>.</summary>
/// <param name="TaskRoot">The code; <c>/var/task</c>.</param>
/// <param name="Opt">The merged layers; <c>/opt</c>. The folder need not exist.</param>
public sealed record FunctionFiles(string TaskRoot, string Opt)
{
    /// <summary>The file whose mere presence switches extensions off; spec 3.</summary>
    private const string Disabling = "disable-extensions-jwigqn8j";

    /// <summary>
    /// The root that both lie below, where it is a function's own: its links are followed inside of it. Null for the machine's.
    /// </summary>
    public string? Root { get; init; }

    public bool ExtensionsAreDisabled => File.Exists(OnMachine($"/opt/{Disabling}"));

    /// <summary>The file names of <c>/opt/extensions</c>, by name; sub-directories do not count. Spec: ENV-008, ENV-009, ENV-088.</summary>
    public IReadOnlyList<string> ExtensionNames()
    {
        var folder = OnMachine("/opt/extensions");
        return ExtensionsAreDisabled || !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFileSystemEntries(folder)
                .Select(file => Path.GetFileName(file))
                .Where(name => HasFile($"/opt/extensions/{name}"))
                .Order(StringComparer.Ordinal)];
    }

    public string ExtensionPath(string name) => Path.Combine(Opt, "extensions", name);

    /// <summary>Those of an image; spec (service) 17.</summary>
    public static FunctionFiles Of(FunctionImage image) =>
        new(image.Root + "/var/task", image.Root + "/opt") { Root = image.Root };

    /// <summary>Where a file lies that a setting names as AWS does, for example <c>/opt/wrapper</c>.</summary>
    public string Locate(string path) =>
        path.StartsWith("/opt/", StringComparison.Ordinal) ? Path.Combine(Opt, path["/opt/".Length..])
        : path.StartsWith("/var/task/", StringComparison.Ordinal) ? Path.Combine(TaskRoot, path["/var/task/".Length..])
        : path;

    /// <summary>
    /// Whether there is a file of that name. A link that leads out of the function's own files may lead to one of the machine: where it is
    /// started, it will be seen.
    /// </summary>
    /// <param name="inside">In AWS's terms, for example <c>/var/task/bootstrap</c>.</param>
    public bool HasFile(string inside) =>
        OnMachine(inside) is { } file ? File.Exists(file) : OnMachine(Path.GetDirectoryName(inside)!) is { } folder
            && new FileInfo($"{folder}/{Path.GetFileName(inside)}").LinkTarget is not null;

    // Code is hostile: no link of it is followed as this machine would.
    private string? OnMachine(string inside) => Root is null ? RootedPath.Resolve(inside, Place) : RootedPath.Resolve(Root, inside);

    private string? Place(string inside) =>
        Below(inside, "/opt") is { } inOpt ? Opt + inOpt : Below(inside, "/var/task") is { } inTask ? TaskRoot + inTask : null;

    private static string? Below(string path, string folder) =>
        path == folder || path.StartsWith(folder + '/', StringComparison.Ordinal) ? path[folder.Length..] : null;
}
