using Thaw.Cli.CommandLine;

namespace Thaw.Cli.Service;

/// <summary>Where the daemon listens that a command talks to: <c>--endpoint URL</c>.</summary>
internal static class EndpointOption
{
    public const string Name = "--endpoint", Variable = "THAW_ENDPOINT";

    private const string Usual = "http://127.0.0.1:9000";

    /// <param name="given">The command's arguments.</param>
    /// <param name="variable">The value of <see cref="Variable"/>.</param>
    public static Outcome<Uri> Read(ArgumentList given, string? variable)
    {
        var (source, text) = given.Value(Name) is { } named ? (Name, named)
            : string.IsNullOrEmpty(variable) ? ("", Usual) : (Variable, variable);
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp
            ? new(address)
            : Outcome<Uri>.Unusable($"{source} wants the address of a daemon, not \"{text}\"; for example {Usual}");
    }
}
