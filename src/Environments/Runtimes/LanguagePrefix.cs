namespace Thaw.Environments.Runtimes;

/// <summary>What belongs to a language's program: the folder into which it was installed, if it has one of its own.</summary>
internal static class LanguagePrefix
{
    /// <summary>What every sandbox shows of the machine.</summary>
    private static readonly string[] Shared = ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/"];

    /// <summary>The file that a program really is.</summary>
    public static string Real(string program) =>
        new FileInfo(program).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(program);

    /// <summary>
    /// Null when every sandbox has it anyway. The program alone when its folder is no installation: it may be somebody's home.
    /// </summary>
    /// <param name="program">The real file.</param>
    /// <param name="marks">What an installation has, from its root.</param>
    public static string? Of(string program, IEnumerable<string> marks)
    {
        if (Shared.Any(folder => program.StartsWith(folder, StringComparison.Ordinal)))
            return null;
        var folder = Path.GetDirectoryName(program)!;
        var candidates = Path.GetFileName(folder) == "bin" ? [Path.GetDirectoryName(folder)!] : (string[])[folder];
        return candidates.FirstOrDefault(root => root != "/" && marks.Any(mark => Path.Exists(Path.Combine(root, mark)))) ?? program;
    }
}
