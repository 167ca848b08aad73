namespace Thaw.TidyTests;

/// <summary>What a checkout contains, without what is built or fetched. Rules read it; tests of rules plant their own.</summary>
public sealed record SourceTree(IReadOnlyList<SourceTree.SourceFile> Files)
{
    /// <summary>A file by its path from the root, with slashes.</summary>
    public sealed record SourceFile(string Path, string Text, bool IsExecutable = false)
    {
        public string Name => Path[(Path.LastIndexOf('/') + 1)..];

        public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

        public string[] Lines => Text.Split('\n');

        public bool IsCode => Path.EndsWith(".cs", StringComparison.Ordinal);
    }

    // .gitignore, and git's own folder.
    private static readonly HashSet<string> Passed = [".git", "artifacts", "node_modules", "__pycache__", ".vs", ".idea"];

    public static SourceTree Planted(params (string Path, string Text)[] files) =>
        new([.. files.Select(file => new SourceFile(file.Path, file.Text))]);

    public static SourceTree OfThisCheckout()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Thaw.slnx")))
            root = Path.GetDirectoryName(root)!;
        return new([.. FilesBelow(root).Order(StringComparer.Ordinal).Select(path => Read(root, path))]);
    }

    public SourceFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);

    public IEnumerable<SourceFile> Code => Files.Where(file => file.IsCode);

    /// <summary>The folders directly below a folder; the root is the empty name.</summary>
    public IEnumerable<string> FoldersIn(string folder)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        return Files.Where(file => file.Path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(file => file.Path[prefix.Length..].Split('/'))
            .Where(parts => parts.Length > 1)
            .Select(parts => parts[0])
            .Distinct();
    }

    private static IEnumerable<string> FilesBelow(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => !Passed.Contains(Path.GetFileName(file)))
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(inner => !Passed.Contains(Path.GetFileName(inner)) && new DirectoryInfo(inner).LinkTarget is null)
                .SelectMany(FilesBelow));

    private static SourceFile Read(string root, string path) => new(
        Path.GetRelativePath(root, path).Replace('\\', '/'),
        File.ReadAllText(path),
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0);
}
