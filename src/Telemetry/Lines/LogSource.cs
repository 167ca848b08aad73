namespace Thaw.Telemetry.Lines;

/// <summary>Who wrote a log entry.</summary>
public enum LogSource : byte
{
    Platform = 1,
    Function,
    Extension,
}
