using Thaw.Contracts;

namespace Thaw.Daemon.Records;

/// <summary>One phase of an environment's life; <paramref name="End"/> and <paramref name="Outcome"/> are null while it lasts.</summary>
internal sealed record PhaseRecord(
    Phase Phase,
    bool Suppressed,
    RequestId? RequestId,
    DateTimeOffset Start,
    DateTimeOffset? End,
    PhaseStatus? Outcome,
    ErrorType? ErrorType);
