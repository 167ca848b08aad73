namespace Thaw.Environments.Functions;

/// <summary>Where a function's files lie, on this machine or as seen from inside of a sandbox; see <see cref="PathsInside"/>.</summary>
/// <param name="TaskRoot">The code; <c>/var/task</c>.</param>
/// <param name="Opt">The merged layers; <c>/opt</c>. The folder need not exist.</param>
public sealed record FunctionFiles(string TaskRoot, string Opt)
{
    /// <summary>The file whose mere presence switches extensions off; spec 3.</summary>
    private const string Disabling = "disable-extensions-jwigqn8j";

    public bool ExtensionsAreDisabled => File.Exists(Path.Combine(Opt, Disabling));

    /// <summary>The file names of <c>/opt/extensions</c>, by name; sub-directories do not count. Spec: ENV-008, ENV-009, ENV-088.</summary>
    public IReadOnlyList<string> ExtensionNames()
    {
        var folder = Path.Combine(Opt, "extensions");
        return ExtensionsAreDisabled || !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
    }

    public string ExtensionPath(string name) => Path.Combine(Opt, "extensions", name);

    /// <summary>Where a file lies that a setting names as AWS does, for example <c>/opt/wrapper</c>.</summary>
    public string Locate(string path) =>
        path.StartsWith("/opt/", StringComparison.Ordinal) ? Path.Combine(Opt, path["/opt/".Length..])
        : path.StartsWith("/var/task/", StringComparison.Ordinal) ? Path.Combine(TaskRoot, path["/var/task/".Length..])
        : path;
}
