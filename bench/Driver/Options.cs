using System.Globalization;

namespace Thaw.Bench.Driver;

/// <summary>What the command line asked for.</summary>
internal sealed record Options
{
    internal bool Quick { get; init; }

    internal int Rounds { get; init; }

    internal IReadOnlyList<string> Only { get; init; } = [];

    internal string? Json { get; init; }

    internal bool Markdown { get; init; }

    internal int? Cpu { get; init; }

    internal string? Thaw { get; init; }

    /// <summary>Reads the arguments; throws with one line for the user.</summary>
    internal static Options Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> measurements)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            options = name switch
            {
                "--quick" => options with { Quick = true },
                "--markdown" => options with { Markdown = true },
                "--rounds" => options with { Rounds = Number(1) },
                "--cpu" => options with { Cpu = Number(0) },
                "--json" => options with { Json = Path.GetFullPath(Value()) },
                "--thaw" => options with { Thaw = Path.GetFullPath(Value()) },
                "--only" => options with { Only = Value().Split(',') },
                _ => throw new BenchException($"there is no option {name} (see ./bench/run --help)"),
            };

            string Value() => ++i < arguments.Count ? arguments[i] : throw new BenchException($"{name} needs a value");

            int Number(int least) =>
                int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
                    ? number
                    : throw new BenchException($"{name} needs a number, at least {least}");
        }

        if (options.Only.Except(measurements).FirstOrDefault() is { } unknown)
            throw new BenchException($"there is no measurement '{unknown}'; there are {string.Join(", ", measurements)}");
        return options.Rounds > 0 ? options : options with { Rounds = options.Quick ? 5 : 15 };
    }
}
