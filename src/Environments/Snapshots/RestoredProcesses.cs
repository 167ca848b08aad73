using Thaw.EnvironmentApis;
using Thaw.Environments.Processes;
using Thaw.Lifecycle;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Environments.Snapshots;

/// <summary>The processes of a clone, as its lifecycle takes them up.</summary>
/// <param name="endpoint">Serves their connections from now on.</param>
internal sealed class RestoredProcesses(RestoredSandbox clone, ParkedProcesses parked, EnvironmentEndpoint endpoint)
    : IRestoredProcesses
{
    public ParkedProcesses Parked => parked;

    public TimeSpan Took => clone.Took;

    public IParticipantProcess? Find(string participant) =>
        clone.Processes.TryGetValue(participant, out var process) ? new RunningProcess(process) : null;

    public void Reconnect()
    {
        foreach (var connection in clone.Connections)
            endpoint.Adopt(connection);
    }
}
