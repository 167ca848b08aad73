namespace Thaw.Cli.Deploy;

/// <summary>A layer that a function wants.</summary>
internal sealed record Layer(string Name, Package Package)
{
    /// <summary>It is named like its folder or zip; what a name may not contain becomes a dash.</summary>
    /// <exception cref="Daemon.Functions.UnusableFunctionException">It cannot be packed.</exception>
    public static Layer Of(string path) => new(
        string.Concat(Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path))
            .Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-')),
        Package.Of(path));
}
