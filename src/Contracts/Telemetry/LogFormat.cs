namespace Thaw.Contracts;

/// <summary>How a function's log is written; spec 5.1, 5.2.</summary>
public enum LogFormat
{
    Text,
    Json,
}
