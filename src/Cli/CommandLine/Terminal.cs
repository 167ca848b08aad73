using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Thaw.Cli.Timelines;

namespace Thaw.Cli.CommandLine;

/// <summary>Where a command reads and writes; tests hand in their own.</summary>
public sealed record Terminal(Stream Input, Stream Output, TextWriter Error, TimelineStyle Style)
{
    private const int DefaultWidth = 100;

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>
    /// Standard output for who prints until it is stopped: that nobody reads it any more is an <see cref="IOException"/>. From
    /// <see cref="Output"/> nobody hears of that.
    /// </summary>
    public Stream Live { get; init; } = Output;

    /// <summary>Whether what goes to standard output may have colours: a person looks at it, and does not mind.</summary>
    public bool ColorsOutput { get; init; }

    /// <summary>Where <see cref="Error"/> writes to, for those who write much and have it in UTF-8.</summary>
    public Stream ErrorBytes { get; init; } = Stream.Null;

    /// <summary>One line, or several, on standard output, at once.</summary>
    public async Task PrintAsync(string text)
    {
        await Output.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"));
        await Output.FlushAsync();
    }

    public static Terminal OfThisProcess()
    {
        // Bytes of an answer go out as they are, so standard output is a stream; text has no byte order mark.
        var error = Console.OpenStandardError();
        var output = Console.OpenStandardOutput();
        var style = StyleFor(Console.IsErrorRedirected, WidthOfWindow(), Environment.GetEnvironmentVariable);
        return new(Console.OpenStandardInput(), output, new StreamWriter(error) { AutoFlush = true }, style)
        {
            ErrorBytes = error,
            Live = Pipe() ?? output,
            ColorsOutput = StyleFor(Console.IsOutputRedirected, null, Environment.GetEnvironmentVariable).Color,
        };
    }

    /// <summary>Colour only where a person looks and does not mind (https://no-color.org); blocks unless the locale is not UTF-8.</summary>
    public static TimelineStyle StyleFor(bool isRedirected, int? window, Func<string, string?> variable)
    {
        var width = int.TryParse(variable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns) && columns > 0
            ? columns
            : window ?? DefaultWidth;
        var dumb = variable("TERM") == "dumb";
        var color = !isRedirected && !dumb && variable("NO_COLOR") is null or "";
        return new(Math.Clamp(width, TimelineStyle.MinWidth, TimelineStyle.MaxWidth), color, !dumb && SpeaksUnicode(variable));
    }

    // Only a locale that names another character set speaks against UTF-8: containers have no locale at all, and read it.
    private static bool SpeaksUnicode(Func<string, string?> variable)
    {
        var locale = LocaleVariables.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        var dot = locale?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return dot < 0 || locale![(dot + 1)..].StartsWith("utf", StringComparison.OrdinalIgnoreCase);
    }

    private static int? WidthOfWindow()
    {
        try
        {
            return Console.IsErrorRedirected || Console.WindowWidth <= 0 ? null : Console.WindowWidth;
        }
        catch (Exception noWindow) when (noWindow is IOException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    // Null for a file: its place in it is shared with other processes, and a stream of this kind would keep its own.
    private static FileStream? Pipe()
    {
        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? null : output;
    }
}
