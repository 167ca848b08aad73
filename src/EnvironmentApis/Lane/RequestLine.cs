using System.Buffers;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>The first line of a request that may be plain.</summary>
public static class RequestLine
{
    /// <summary>The length of the one word that it leaves open, in bytes; 0 when it is another line, or has other letters.</summary>
    public static int WordBytes(
        ReadOnlySpan<byte> line, ReadOnlySpan<byte> before, ReadOnlySpan<byte> behind, SearchValues<byte> letters)
    {
        if (!line.StartsWith(before) || !line.EndsWith(behind) || line.Length <= before.Length + behind.Length)
            return 0;
        var word = line[before.Length..^behind.Length];
        return word.ContainsAnyExcept(letters) ? 0 : word.Length;
    }
}
