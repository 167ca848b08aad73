namespace Thaw.Daemon.Records;

/// <summary>What an environment does.</summary>
internal enum EnvironmentState
{
    /// <summary>Its sandbox is there; nothing runs yet.</summary>
    Starting,

    Initializing,

    /// <summary>The next invocation repeats Init, on its own time.</summary>
    InitFailed,

    Restoring,

    /// <summary>Waits for an invocation.</summary>
    Ready,

    /// <summary>The same, and nobody inside gets processor time.</summary>
    Frozen,

    Invoking,

    ShuttingDown,

    /// <summary>Nothing is left of it.</summary>
    Ended,
}
