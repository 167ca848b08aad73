using Thaw.Environments;
using Thaw.Environments.Snapshots;

namespace Thaw.UnitTests.Daemon.ServiceApi;

/// <summary>Snapshots that are taken at once, or fail as a test wants.</summary>
public sealed class FakeSnapshots : IVersionSnapshots
{
    public List<VersionId> Taken { get; } = [];

    public List<VersionId> Forgotten { get; } = [];

    public Exception? Fault { get; set; }

    public Task TakeAsync(EnvironmentPlan plan)
    {
        if (Fault is not null)
            return Task.FromException(Fault);
        Taken.Add(plan.Version);
        return Task.CompletedTask;
    }

    public Task ForgetAsync(VersionId version)
    {
        Forgotten.Add(version);
        return Task.CompletedTask;
    }
}
