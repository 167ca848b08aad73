using Thaw.Lifecycle;

namespace Thaw.Testing;

/// <summary>A snapshot of one stage, for another: its processes come back to life there, and a test plays their part again.</summary>
/// <param name="reconnect">Makes the calls that they were parked in.</param>
public sealed class FakeSnapshot(ParkedProcesses parked, FakeProcesses place, Action reconnect) : IRestoredProcesses
{
    /// <summary>Participants that do not come back.</summary>
    public HashSet<string> Lost { get; } = [];

    public ParkedProcesses Parked => parked;

    public TimeSpan Took { get; init; }

    public IParticipantProcess? Find(string participant) => Lost.Contains(participant) ? null : place.Bring(participant);

    public void Reconnect() => reconnect();
}
