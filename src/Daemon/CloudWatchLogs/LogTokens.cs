using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>Tokens for the next page, and ids of events. Callers give them back as they are.</summary>
internal static class LogTokens
{
    private const int Digits = 56;

    /// <summary>A position as 56 digits, as AWS's ids have.</summary>
    public static string Id(long position) => position.ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');

    public static string Of(char direction, long position) => $"{direction}/{Id(position)}";

    /// <summary>The position in a token that <see cref="Id"/> made.</summary>
    public static long Position(string token) =>
        token.Length == Digits && long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw Unknown();

    /// <summary>Direction and position in a token that <see cref="Of"/> made.</summary>
    public static (char Direction, long Position) Directed(string token) =>
        token is ['f' or 'b', '/', .. var id] ? (token[0], Position(id)) : throw Unknown();

    /// <summary>The token of a page that ended with this name.</summary>
    public static string After(string name) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name));

    /// <summary>The name in a token that <see cref="After"/> made.</summary>
    public static string Name(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        }
        catch (FormatException)
        {
            throw Unknown();
        }
    }

    /// <summary>What callers get who make tokens themselves, or whose page is no more.</summary>
    public static LogsException Unknown() => LogsException.Invalid("The specified nextToken is invalid.");
}
