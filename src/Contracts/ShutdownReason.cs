namespace Thaw.Contracts;

/// <summary>Why an environment's processes are stopped; spec: ENV-041.</summary>
public enum ShutdownReason
{
    Spindown,
    Timeout,
    Failure,
}

public static class ShutdownReasonNames
{
    /// <summary>The value of <c>shutdownReason</c>. AWS's documents print it in upper case, its code sends lower case.</summary>
    public static string ToWireName(this ShutdownReason reason) => reason switch
    {
        ShutdownReason.Spindown => "spindown",
        ShutdownReason.Timeout => "timeout",
        ShutdownReason.Failure => "failure",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
