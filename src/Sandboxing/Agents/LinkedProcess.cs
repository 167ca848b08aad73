namespace Thaw.Sandboxing.Agents;

/// <summary>A process as an agent and its daemon speak of it, to be taken up again by the link to a clone of that agent.</summary>
/// <param name="Id">Its name on the link.</param>
/// <param name="Pid">As it is known inside.</param>
/// <param name="Label">See <see cref="ProcessStart.Label"/>.</param>
/// <param name="HasExited">Only its descendants may still write.</param>
internal sealed record LinkedProcess(uint Id, int Pid, string Label, bool HasExited);
