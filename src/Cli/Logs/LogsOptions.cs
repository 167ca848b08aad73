namespace Thaw.Cli.Logs;

/// <summary>What a user wants of a function's log.</summary>
/// <param name="Since">How long ago the first line may be, or null for all that is kept.</param>
/// <param name="From">The moment of the first line, or null.</param>
/// <param name="Endpoint">Where the daemon listens.</param>
public sealed record LogsOptions(
    string Function, bool Follow, TimeSpan? Since, DateTimeOffset? From, string? RequestId, bool Json, Uri Endpoint);
