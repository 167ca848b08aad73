using Thaw.Contracts;

namespace Thaw.Cli.Timelines;

/// <summary>One phase from start to end. <paramref name="Depth"/> tells how many phases it happened inside of; no status: it never
/// ended.</summary>
public sealed record PhaseSpan(
    Phase Phase, bool Suppressed, int Depth, int? InvokeNumber, RequestId? RequestId,
    DateTimeOffset Start, DateTimeOffset End, PhaseStatus? Status, ErrorType? ErrorType)
{
    public TimeSpan Duration => End - Start;

    public bool Failed => Status is PhaseStatus.Error or PhaseStatus.Failure or PhaseStatus.Timeout;
}
