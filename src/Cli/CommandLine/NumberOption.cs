using System.Globalization;

namespace Thaw.Cli.CommandLine;

/// <summary>An option that wants a whole number.</summary>
internal static class NumberOption
{
    /// <summary>Null when the option is not given.</summary>
    /// <param name="unit">What it counts, as a message says it.</param>
    public static Outcome<int?> Read(ArgumentList given, string option, string unit, int min, int max, int example)
    {
        if (given.Value(option) is not { } text)
            return new(null);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? new(number)
            : Outcome<int?>.Unusable(string.Create(CultureInfo.InvariantCulture,
                $"{option} wants {unit} from {min} to {max}, not \"{text}\"; for example {option} {example}"));
    }
}
