using System.Globalization;
using System.Text.Json.Serialization;

namespace Thaw.Store.Records;

/// <summary>
/// A version of a function: <c>$LATEST</c>, which its owner edits, or a number, which never changes; spec (service) 4.3, 4.4, 5.
/// </summary>
public sealed record VersionRecord
{
    public const string Latest = "$LATEST";

    /// <summary>The number of the published version that a text names; null when it names none.</summary>
    /// <param name="text">Only <c>[1-9][0-9]*</c> names one, so that none has two names.</param>
    public static int? NumberOf(string text) =>
        text is [>= '1' and <= '9', ..] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public required string Function { get; init; }

    /// <summary><see cref="Latest"/> or a number.</summary>
    public required string Version { get; init; }

    /// <summary>A UUID; a new one with every change that can be observed.</summary>
    public required string RevisionId { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>What it is to run, as the service shows it.</summary>
    public required Deployment Deployment { get; init; }

    /// <summary>What invocations run while <see cref="LastUpdateStatus"/> is not <c>Successful</c>; null when it is.</summary>
    public Deployment? Previous { get; init; }

    /// <summary>The <see cref="Change"/> of <see cref="Previous"/>.</summary>
    public long? PreviousChange { get; init; }

    /// <summary>Of <see cref="IStoreWriter.NextNumber"/>: it grows with every change of <see cref="Deployment"/>.</summary>
    public required long Change { get; init; }

    /// <summary><c>Pending</c>, <c>Active</c>, <c>Inactive</c>, <c>Failed</c> and their like.</summary>
    public required string State { get; init; }

    public string? StateReason { get; init; }

    public string? StateReasonCode { get; init; }

    /// <summary><c>InProgress</c>, <c>Successful</c> or <c>Failed</c>; null until the first <c>Active</c>.</summary>
    public string? LastUpdateStatus { get; init; }

    public string? LastUpdateStatusReason { get; init; }

    public string? LastUpdateStatusReasonCode { get; init; }

    /// <summary>A snapshot was taken of it, and its environments are restored from that; spec 7.1.</summary>
    public bool IsOptimized { get; init; }

    /// <summary>
    /// With SnapStart: nobody has invoked it later. It may lie a day ahead, so that a version at work is written once a day; null before
    /// the first look.
    /// </summary>
    public DateTimeOffset? UsedUntil { get; init; }

    /// <summary>A published version for which its owner wants a snapshot.</summary>
    [JsonIgnore]
    public bool WantsSnapshot => Version != Latest && Deployment.Settings.WantsSnapshots;
}
