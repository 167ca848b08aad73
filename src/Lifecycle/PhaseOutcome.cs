using Thaw.Contracts;

namespace Thaw.Lifecycle;

/// <summary>How a phase ended. A customer's or the platform's failure is a value; an exception would be our own bug.</summary>
public abstract record PhaseOutcome
{
    private PhaseOutcome()
    {
    }

    /// <summary>Everyone did what the phase waits for.</summary>
    public sealed record Succeeded : PhaseOutcome;

    /// <summary>Someone reported an error, exited, or could not be started.</summary>
    /// <param name="ErrorType">The first fatal error of the generation; spec: ENV-022.</param>
    /// <param name="Reason">The tail of the generated message, for example <c>exit status 1</c>.</param>
    public sealed record Failed(ErrorType ErrorType, string Reason) : PhaseOutcome
    {
        /// <summary>What logs and telemetry call it: more exact than what the caller hears, if the process had no memory left.</summary>
        public ErrorType ReportedType { get; init; } = ErrorType;
    }

    /// <summary>The phase's deadline passed first.</summary>
    public sealed record TimedOut : PhaseOutcome;

    public static PhaseOutcome Success { get; } = new Succeeded();

    public static PhaseOutcome Timeout { get; } = new TimedOut();

    public bool IsSuccess => this is Succeeded;

    /// <summary>Telemetry's word for this outcome: customer errors are <c>error</c>, the platform's are <c>failure</c>.</summary>
    public PhaseStatus Status => this switch
    {
        Succeeded => PhaseStatus.Success,
        TimedOut => PhaseStatus.Timeout,
        Failed { ErrorType.IsPlatformFault: true } => PhaseStatus.Failure,
        _ => PhaseStatus.Error,
    };

    /// <summary>Why the processes are stopped after this outcome.</summary>
    public ShutdownReason ShutdownReason => this switch
    {
        Succeeded => ShutdownReason.Spindown,
        TimedOut => ShutdownReason.Timeout,
        _ => ShutdownReason.Failure,
    };

    /// <summary>The error's type in events: an overrun has one of its own, but not in an invoke; spec 4.4.</summary>
    public ErrorType? ReportedTypeIn(Phase phase) => this switch
    {
        Failed failed => failed.ReportedType,
        TimedOut when phase is Phase.Init or Phase.Restore => ErrorType.RuntimeUnknown,
        _ => null,
    };
}
