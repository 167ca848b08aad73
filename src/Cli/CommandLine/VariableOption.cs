namespace Thaw.Cli.CommandLine;

/// <summary>Variables of a function: <c>--env NAME=VALUE</c>, as often as there are some.</summary>
internal static class VariableOption
{
    public const string Name = "--env";

    public static Outcome<IReadOnlyDictionary<string, string>> Read(ArgumentList given)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in given.Values(Name))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                return Outcome<IReadOnlyDictionary<string, string>>.Unusable(
                    $"{Name} wants NAME=VALUE, not \"{pair}\"; for example {Name} TABLE=orders");
            }

            variables[pair[..equals]] = pair[(equals + 1)..];
        }

        return new(variables);
    }
}
