using Thaw.Cli.CommandLine;
using Thaw.Cli.Run;
using Thaw.Cli.Service;

namespace Thaw.Cli.Invoke;

/// <summary>Turns the words after <c>thaw invoke</c> into <see cref="InvokeOptions"/>, or into one line that names the mistake and its
/// fix.</summary>
public static class InvokeArguments
{
    public const string PayloadOption = "--payload";

    private static readonly string[] Valued = [PayloadOption, "--qualifier", EndpointOption.Name], Flags = ["--async", "--log"];

    /// <param name="endpoint">What THAW_ENDPOINT says.</param>
    public static Outcome<InvokeOptions> Parse(IReadOnlyList<string> arguments, string? endpoint = null)
    {
        var read = ArgumentList.Read(arguments, Valued, Flags);
        if (read.Problem is not null)
            return Outcome<InvokeOptions>.Unusable(read.Problem);
        var given = read.Value;
        if (given.Words.ToArray() is not [{ Length: > 0 } function, .. var more])
            return Outcome<InvokeOptions>.Unusable("it wants the name of a function, for example thaw invoke hello-node");
        if (more.Length > 0)
        {
            return Outcome<InvokeOptions>.Unusable(
                $"\"{more[0]}\" is one argument too many; the event comes by {PayloadOption} JSON (quote it), @FILE or -");
        }

        if (given.Has("--async") && given.Has("--log"))
            return Outcome<InvokeOptions>.Unusable("--log needs the answer, which --async does not wait for; use thaw logs");
        var address = EndpointOption.Read(given, endpoint);
        return address.Problem is not null
            ? Outcome<InvokeOptions>.Unusable(address.Problem)
            : new(new InvokeOptions(
                function,
                EventSource.Parse(given.Value(PayloadOption) ?? "{}"),
                given.Value("--qualifier"),
                given.Has("--async"),
                given.Has("--log"),
                address.Value));
    }
}
