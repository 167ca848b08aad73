using Thaw.Environments;
using Thaw.Lifecycle;

namespace Thaw.SimulationTests.Fleets;

/// <summary>One request of a caller, and what is known of it outside of the pool.</summary>
internal sealed class Call
{
    public required string Id { get; init; }

    public required SimulatedFunction Function { get; init; }

    /// <summary>What the caller believes the function to be; it may have changed already.</summary>
    public required EnvironmentPlan Plan { get; init; }

    /// <summary>A timestamp of the world's clock.</summary>
    public required long RoutedAt { get; init; }

    /// <summary>No environment of an older revision may serve it.</summary>
    public required long OldestRevision { get; init; }

    public SimulatedResponse? Response { get; set; }

    /// <summary>Null: it was turned away.</summary>
    public Task<PhaseOutcome>? Ended { get; set; }

    public override string ToString() => Id;
}
