namespace Thaw.Contracts;

/// <summary>How much a log entry matters. Application levels have all of these, system levels Debug, Info and Warn; spec 5.3.</summary>
public enum LogSeverity
{
    Trace = 1,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}
