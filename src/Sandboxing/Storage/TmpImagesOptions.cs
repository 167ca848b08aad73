namespace Thaw.Sandboxing.Storage;

/// <summary>Where images for /tmp lie, and how many wait ready.</summary>
public sealed record TmpImagesOptions
{
    /// <summary>Nobody's, neither outside nor in a sandbox.</summary>
    public const uint UsualOwner = 101_000;

    /// <summary>On this folder's file system they take up what is written into them. Nothing in it has a name.</summary>
    public required string Directory { get; init; }

    /// <summary>The user and group that an image's root belongs to, as the machine counts them.</summary>
    public uint Owner { get; init; } = UsualOwner;

    /// <summary>Images of one size that wait ready; 0 for none, and then each is made when it is wanted.</summary>
    public int Ready { get; init; } = 4;

    /// <summary>Sizes that have some ready, the last ones that were asked for.</summary>
    public int Sizes { get; init; } = 4;

    /// <summary>
    /// No image is given out when the folder's file system has less room than that: functions may write more than there is, and then
    /// they and everything else on it get errors.
    /// </summary>
    public long LeastFreeBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary>
    /// After one was taken, until another is made in its place: who took it is not to share the processor with that. Default: 0.1 s.
    /// </summary>
    public TimeSpan RefillAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>After one could not be made ready, until the next attempt.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(10);
}
