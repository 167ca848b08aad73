namespace Thaw.Sandboxing.Agents;

/// <summary>What a daemon knows of an agent through their link, at a moment at which nothing is under way.</summary>
/// <param name="LastId">The last name that was given to a process.</param>
/// <param name="Frames">How many frames of output have come.</param>
/// <param name="Processes">All that the agent may still speak of.</param>
internal sealed record LinkState(uint LastId, long Frames, IReadOnlyList<LinkedProcess> Processes);
