using System.Buffers;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>The lines at the front of what was received, each ended by CR and LF.</summary>
public ref struct HeadLines(ReadOnlySpan<byte> received)
{
    // Visible ASCII, space and tab.
    private static readonly SearchValues<byte> Text =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Append('\t').Select(code => (byte)code)]);

    private readonly ReadOnlySpan<byte> received = received;

    public int BytesRead { get; private set; }

    /// <summary>What comes behind the lines that have been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => received[BytesRead..];

    /// <summary>The rest, which is no whole line, may become one. Kestrel refuses some before they end, so there is no waiting.</summary>
    public readonly bool CanGoOn
    {
        get
        {
            var rest = Rest;
            return !(rest is [.., (byte)'\r'] ? rest[..^1] : rest).ContainsAnyExcept(Text);
        }
    }

    /// <summary>Goes on behind lines that are known.</summary>
    public void Skip(int bytes) => BytesRead += bytes;

    public static bool IsText(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept(Text);

    public bool TryNext(out ReadOnlySpan<byte> line)
    {
        // A CR that ends no line is no text: then the head cannot go on, and is for Kestrel.
        line = default;
        var rest = Rest;
        var end = rest.IndexOf((byte)'\r');
        if (end < 0 || end + 1 == rest.Length || rest[end + 1] != '\n')
            return false;
        line = rest[..end];
        BytesRead += end + 2;
        return true;
    }
}
