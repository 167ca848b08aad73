using Thaw.Contracts;

namespace Thaw.Lifecycle;

/// <summary>What became of an attempt to start a process: it runs, or the error that its environment fails with.</summary>
public abstract record ProcessStarted
{
    private ProcessStarted()
    {
    }

    public sealed record Running(IParticipantProcess Process) : ProcessStarted;

    public sealed record Refused(ErrorType ErrorType, string Reason) : ProcessStarted
    {
        /// <summary>What the log says of it beside, when it was the process of a container image.</summary>
        public string? ImageFault { get; init; }
    }
}
