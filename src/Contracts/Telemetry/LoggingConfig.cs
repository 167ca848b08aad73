namespace Thaw.Contracts;

/// <summary>CreateFunction's <c>LoggingConfig</c>. The levels filter only in JSON format; spec 5.3.</summary>
public sealed record LoggingConfig
{
    public LogFormat Format { get; init; } = LogFormat.Text;

    public LogSeverity ApplicationLevel { get; init; } = LogSeverity.Info;

    /// <summary>Debug, Info or Warn.</summary>
    public LogSeverity SystemLevel { get; init; } = LogSeverity.Info;

    /// <summary>Null for the function's own.</summary>
    public string? LogGroup { get; init; }
}
