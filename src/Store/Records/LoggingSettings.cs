namespace Thaw.Store.Records;

/// <summary>LoggingConfig's members, by its names. Levels are null while the format is <c>Text</c>.</summary>
public sealed record LoggingSettings
{
    /// <summary><c>Text</c> or <c>JSON</c>.</summary>
    public string LogFormat { get; init; } = "Text";

    public string? ApplicationLogLevel { get; init; }

    public string? SystemLogLevel { get; init; }

    /// <summary>Null for the usual one.</summary>
    public string? LogGroup { get; init; }
}
