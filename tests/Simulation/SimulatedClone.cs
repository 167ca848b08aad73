using Thaw.Lifecycle;

namespace Thaw.SimulationTests;

/// <summary>What comes back of a snapshot in one environment.</summary>
internal sealed class SimulatedClone(SimulatedEnvironment environment, SimulatedSnapshot snapshot) : IRestoredProcesses
{
    public ParkedProcesses Parked => snapshot.Parked;

    public TimeSpan Took { get; } = TimeSpan.FromMilliseconds(environment.World.Random.Next(environment.Faults.IsSlow ? 12_000 : 200));

    public IParticipantProcess? Find(string participant) => environment.Bring(participant);

    public void Reconnect() => environment.Reconnect(Parked);
}
