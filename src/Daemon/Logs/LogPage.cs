namespace Thaw.Daemon.Logs;

/// <summary>What a reader found, in the order of writing.</summary>
/// <param name="Next">The position behind all that was looked at.</param>
/// <param name="ReachedEnd">Nothing else is there now.</param>
/// <param name="HasGap">What lay at the position that was asked for is gone.</param>
internal sealed record LogPage(IReadOnlyList<LogEvent> Events, long Next, bool ReachedEnd, bool HasGap);
