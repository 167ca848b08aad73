using System.Collections.Concurrent;

namespace Thaw.Environments.Snapshots;

/// <summary>
/// When a snapshot that is missing may be taken anew: at once, and after a pause if the last one came to nothing. The pause doubles with
/// each in a row, from a minute to an hour, so that a version that cannot be restored is not initialised for nothing all the time.
/// </summary>
internal sealed class Retakes(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1), Longest = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<VersionId, Pause> pauses = new();

    public bool MayBegin(VersionId version) =>
        !pauses.TryGetValue(version, out var pause) || time.GetElapsedTime(pause.Began) >= pause.Length;

    /// <summary>None could be taken, or nothing could be restored from it.</summary>
    public void CameToNothing(VersionId version) => pauses.AddOrUpdate(
        version,
        _ => new(time.GetTimestamp(), Shortest),
        (_, last) => new(time.GetTimestamp(), last.Length * 2 < Longest ? last.Length * 2 : Longest));

    /// <summary>It has been restored, or is no more.</summary>
    public void Forget(VersionId version) => pauses.TryRemove(version, out _);

    private readonly record struct Pause(long Began, TimeSpan Length);
}
