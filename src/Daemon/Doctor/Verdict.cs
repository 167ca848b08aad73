namespace Thaw.Daemon.Doctor;

/// <summary>How a check came out.</summary>
public enum Verdict
{
    /// <summary>It works.</summary>
    Pass,

    /// <summary>Thaw works without it, and something is missing then.</summary>
    Warn,

    /// <summary>The isolation that this user gets by default does not work.</summary>
    Fail,
}
