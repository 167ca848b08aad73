using System.Text.RegularExpressions;

namespace Thaw.Store.Images;

/// <summary>
/// Which image a function's <c>ImageUri</c> means, on the daemon's own machine.
/// <code>
///   /images/shop                an OCI layout: a folder, or a tar of one; or what 'docker save' wrote
///   file:///images/shop.tar     the same
///   /images/shop.tar:v2         one of several in it, by its tag; '#v2' says the same
///   /images/shop@sha256:4f1c... by the digest of its manifest, or of its configuration where it has none
/// </code>
/// A path that exists as it is written has no tag.
/// </summary>
/// <param name="Path">Absolute.</param>
/// <param name="Tag">Null for the only one there is.</param>
/// <param name="Digest">In hexadecimal; null when it is not said.</param>
public sealed partial record ImageReference(string Path, string? Tag, string? Digest)
{
    public const int MaxLetters = 2048;

    private const string Scheme = "file://";

    /// <summary>Null when it is none: a name in a registry, for example.</summary>
    public static ImageReference? Parse(string uri)
    {
        var text = uri.StartsWith(Scheme, StringComparison.Ordinal) ? uri[Scheme.Length..] : uri;
        if (!text.StartsWith('/') || text.Length > MaxLetters || text.Any(char.IsControl))
            return null;
        if (System.IO.Path.Exists(text))
            return new(text, null, null);
        var form = Form().Match(text);
        return new(
            form.Groups["path"].Value,
            form.Groups["tag"] is { Success: true, Value: var tag } ? tag : null,
            form.Groups["digest"] is { Success: true, Value: var digest } ? digest : null);
    }

    /// <summary>The path, and which image in it.</summary>
    public static string Resolved(string path, string digest) => $"{path}@sha256:{digest}";

    public override string ToString() => Digest is not null ? Resolved(Path, Digest) : Tag is null ? Path : $"{Path}:{Tag}";

    [GeneratedRegex("^(?<path>/.*?)([:#](?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@sha256:(?<digest>[0-9a-f]{64}))?\\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
