namespace Thaw.SimulationTests.Fleets;

/// <summary>What the pool has made of an environment.</summary>
internal enum EnvironmentState
{
    New,
    Initializing,
    Free,
    Working,
    Ending,
    Gone,
}
