namespace Thaw.Lifecycle;

/// <summary>How long a Restore took: the whole of it, and from the release of the runtime until it asked for an event.</summary>
internal readonly record struct RestoreTimes(TimeSpan Whole, TimeSpan Billed);
