using System.Text;

namespace Thaw.Daemon.Signatures;

/// <summary>The one form of a request that its signature is made of; spec (service) 16.2.</summary>
public static class CanonicalRequest
{
    private const string SignatureMember = "X-Amz-Signature";

    /// <param name="method">Of HTTP.</param>
    /// <param name="target">Path and query as they are sent.</param>
    /// <param name="headers">Those that are signed, by their names in small letters, in order.</param>
    /// <param name="payloadHash">SHA-256 of the body, in hexadecimal.</param>
    public static string Of(string method, string target, IEnumerable<(string Name, string Value)> headers, string payloadHash)
    {
        var (path, query) = target.IndexOf('?') is >= 0 and var mark ? (target[..mark], target[(mark + 1)..]) : (target, "");
        var text = new StringBuilder().Append(method).Append('\n').Append(Path(path)).Append('\n').Append(Query(query)).Append('\n');
        var names = new List<string>();
        foreach (var (name, value) in headers)
        {
            text.Append(name).Append(':').AppendJoin(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Append('\n');
            names.Add(name);
        }

        return text.Append('\n').AppendJoin(';', names).Append('\n').Append(payloadHash).ToString();
    }

    // What is encoded already is encoded a second time.
    private static string Path(string path)
    {
        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment is "..")
                segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
            else if (segment is not ("" or "."))
                segments.Add(Uri.EscapeDataString(segment));
        }

        return segments.Count == 0 ? "/" : $"/{string.Join('/', segments)}{(path.EndsWith('/') ? "/" : "")}";
    }

    private static string Query(string query) => string.Join('&', query
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(member => member.Split('=', 2))
        .Where(member => member[0] != SignatureMember)
        .Select(member => (Name: Encoded(member[0]), Value: Encoded(member.ElementAtOrDefault(1) ?? "")))
        .OrderBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => member.Value, StringComparer.Ordinal)
        .Select(member => $"{member.Name}={member.Value}"));

    private static string Encoded(string sent) => Uri.EscapeDataString(Uri.UnescapeDataString(sent));
}
