namespace Thaw.Daemon.Logs;

/// <summary>Whether somebody wants a message. It may be any bytes.</summary>
internal delegate bool MessageFilter(ReadOnlySpan<byte> message);

/// <summary>What a reader wants of a group.</summary>
internal sealed record LogQuery
{
    /// <summary>By name; null for all.</summary>
    public Func<string, bool>? Streams { get; init; }

    /// <summary>In milliseconds since 1970, this one too.</summary>
    public long From { get; init; } = long.MinValue;

    /// <summary>In milliseconds since 1970, this one not.</summary>
    public long To { get; init; } = long.MaxValue;

    public MessageFilter? Matches { get; init; }

    /// <summary>Only what belongs to this request.</summary>
    public string? Request { get; init; }

    /// <summary>Whether events are to tell which request they belong to.</summary>
    public bool TellsRequests { get; init; }

    /// <summary>Whether it matters which request an event belongs to.</summary>
    public bool WantsRequests => TellsRequests || Request is not null;

    /// <summary>Where to begin.</summary>
    public long After { get; init; }

    /// <summary>The requests that are at work there, of the page that ended there; null when it is not known.</summary>
    public IReadOnlyDictionary<int, string>? Running { get; init; }

    /// <summary>Where to end; for <see cref="LogReader.LastAsync"/>.</summary>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>Events in the page; 1 to 10,000.</summary>
    public int Limit { get; init; } = 10_000;

    /// <summary>
    /// Entries that are looked at for the page, wanted or not; at least 1. A filter is the caller's, and may make each look dear.
    /// </summary>
    public int MaxLooks { get; init; } = int.MaxValue;

    /// <summary>Of all messages in the page together; one is always in it, however long it is.</summary>
    public int MaxBytes { get; init; } = 1024 * 1024;
}
