using Thaw.Store.Images;
using Thaw.Store.Records;

namespace Thaw.Environments.Functions;

/// <summary>The container image that a function is, and what its process is to be: the function's own words before the image's.</summary>
/// <param name="Root">The folder on this machine that is its root. Names below it are to be followed by <see cref="RootedPath"/>.</param>
/// <param name="WorkingDirectory">Absolute, as seen from inside.</param>
/// <param name="Variables">The image's; the function's own go before them.</param>
public sealed record FunctionImage(
    string Root,
    IReadOnlyList<string> EntryPoint,
    IReadOnlyList<string> Command,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>What the first process runs; empty when nobody has said it.</summary>
    public IReadOnlyList<string> Words => [.. EntryPoint, .. Command];

    /// <param name="own">What the function says; null, or null in it, for what the image says. Spec (service) 17.</param>
    public static FunctionImage Of(UnpackedImage image, ImageSettings? own)
    {
        var config = image.Config;
        var variables = new Dictionary<string, string>();
        foreach (var text in config.Env)
        {
            if (text.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign)
                variables[text[..sign]] = text[(sign + 1)..];
        }

        return new(
            image.Root,
            own?.EntryPoint ?? config.EntryPoint ?? [],
            own?.Command ?? config.Cmd ?? [],
            Path.Combine("/", own?.WorkingDirectory ?? config.WorkingDir),
            variables);
    }

    /// <summary>Where something lies on this machine, whether it exists or not; null when its links lead nowhere.</summary>
    public string? OnMachine(string inside) => RootedPath.Resolve(Root, inside);
}
