using Thaw.Environments;
using Thaw.Environments.Snapshots;

namespace Thaw.UnitTests.Daemon.ServiceApi;

/// <summary>Snapshots that are taken at once, or fail as a test wants.</summary>
public sealed class FakeSnapshots : IVersionSnapshots
{
    public List<VersionId> Taken { get; } = [];

    public List<VersionId> Forgotten { get; } = [];

    public Exception? Fault { get; set; }

    /// <summary>Runs while one is taken.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public event Action<VersionId, bool>? TurnedOut;

    public IReadOnlyList<VersionId>? All => [.. Taken.Except(Forgotten)];

    public string? WhyNot { get; set; }

    public Task<string?> WhyNotAsync(EnvironmentPlan plan) => Task.FromResult(WhyNot);

    public void TurnsOut(VersionId version, bool isRestored) => TurnedOut?.Invoke(version, isRestored);

    public async Task TakeAsync(EnvironmentPlan plan)
    {
        await (Meanwhile?.Invoke() ?? Task.CompletedTask);
        if (Fault is not null)
            throw Fault;
        Forgotten.Remove(plan.Version);
        Taken.Add(plan.Version);
    }

    public Task ForgetAsync(VersionId version)
    {
        Forgotten.Add(version);
        return Task.CompletedTask;
    }
}
