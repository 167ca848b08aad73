namespace Thaw.Store.Records;

/// <summary>What a function overrides of its image; null leaves the image's own.</summary>
public sealed record ImageSettings(IReadOnlyList<string>? EntryPoint, IReadOnlyList<string>? Command, string? WorkingDirectory);
