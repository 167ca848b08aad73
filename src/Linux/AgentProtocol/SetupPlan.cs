using System.Globalization;

namespace Thaw.Linux.AgentProtocol;

/// <summary>
/// What an agent is to make of itself in fresh namespaces, as the words of its command line:
/// <c>setup HOSTNAME USER PORT MOUNT... -- [PROGRAM ARGUMENT...]</c>, where a mount is <c>DESCRIPTOR:PATH</c>.
/// </summary>
/// <param name="HostName">Of the sandbox.</param>
/// <param name="UserId">Who the agent and all others are, user and group, as the sandbox counts.</param>
/// <param name="LinkPort">
/// Where the daemon waits for the control link, on the sandbox's loopback; 0 when the agent was born with a link. A snapshot can be taken
/// of an agent that dials: it holds nothing that is not the sandbox's own.
/// </param>
/// <param name="Mounts">The root first.</param>
/// <param name="Program">
/// The agent again, as it is found inside, with the arguments that make it serve; none where who sets up serves, too.
/// </param>
internal sealed record SetupPlan(
    string HostName, int UserId, int LinkPort, IReadOnlyList<SetupPlan.Mount> Mounts, IReadOnlyList<string> Program)
{
    internal const string Word = "setup";
    private const string Separator = "--";
    private const int FirstMount = 4;

    /// <summary>What follows the agent's own words.</summary>
    internal IReadOnlyList<string> Words =>
    [
        Word,
        HostName,
        UserId.ToString(CultureInfo.InvariantCulture),
        LinkPort.ToString(CultureInfo.InvariantCulture),
        .. Mounts.Select(mount => string.Create(CultureInfo.InvariantCulture, $"{mount.Descriptor}:{mount.Path}")),
        Separator,
        .. Program,
    ];

    /// <exception cref="FormatException">It is no plan.</exception>
    internal static SetupPlan Parse(IReadOnlyList<string> words)
    {
        var end = words.ToList().IndexOf(Separator);
        if (end < FirstMount + 1 || words[0] != Word)
            throw new FormatException("no plan of a set-up");
        var mounts = words.Skip(FirstMount).Take(end - FirstMount).Select(word => word.Split(':', 2));
        return new(
            words[1],
            int.Parse(words[2], CultureInfo.InvariantCulture),
            int.Parse(words[3], CultureInfo.InvariantCulture),
            [.. mounts.Select(parts => new Mount(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]))],
            [.. words.Skip(end + 1)]);
    }

    /// <summary>A detached mount and where it goes, an absolute path as seen from inside.</summary>
    internal readonly record struct Mount(int Descriptor, string Path);
}
