namespace Thaw.Contracts;

/// <summary>The kinds of events that an extension may subscribe to; spec 4.1.</summary>
[Flags]
public enum TelemetryTypes
{
    None = 0,
    Platform = 1,
    Function = 2,
    Extension = 4,
}
