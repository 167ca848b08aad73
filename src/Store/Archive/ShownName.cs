namespace Thaw.Store.Archive;

/// <summary>Names out of an archive, for messages: people read them on terminals, and clients in headers.</summary>
internal static class ShownName
{
    private const int MaxLetters = 200;

    /// <summary>In quotes, of printable letters, and not long.</summary>
    public static string Of(string name)
    {
        var clean = string.Concat(name.Take(MaxLetters).Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));
        return clean.Length < name.Length ? $"\"{clean}...\"" : $"\"{clean}\"";
    }

    /// <summary>The first of several, in a row.</summary>
    public static string Of(IEnumerable<string> names) => string.Join(", ", names.Take(20).Select(Of));
}
