namespace Thaw.Linux.AgentProtocol;

/// <summary>
/// What daemon and agent say to each other during the set-up, a byte each, over the agent's standard streams. Anything else that comes from
/// the agent's side is the text of what went wrong.
/// <code>
///   agent                                  daemon
///     | ---- Unshared ---------------------&gt; |   writes the id maps, makes the network, places it in its group
///     | &lt;--- Go --------------------------- |
///     |   mounts, privileges, filter, exec   |
///     | ---- Ready ------------------------&gt; |
/// </code>
/// </summary>
internal static class SetupTalk
{
    internal const byte Unshared = 1, Go = 2, Ready = 3;
}
