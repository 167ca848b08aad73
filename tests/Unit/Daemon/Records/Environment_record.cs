using Thaw.Contracts;
using Thaw.Daemon.Records;
using Thaw.Environments;
using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;

namespace Thaw.UnitTests.Daemon.Records;

public class Environment_record
{
    private readonly EnvironmentRecord record = new(Guid.Empty, new EnvironmentPlan
    {
        Function = new FunctionConfiguration { Name = "hello", Handler = "h", Runtime = "provided.al2023" },
        Files = new FunctionFiles("/var/task", "/opt"),
        Runtime = new RuntimeCommand("/bin/true", [], "/var/runtime", "/var/lang/bin", null, _ => []),
    });

    [Fact]
    public void Tells_the_state_after_each_event()
    {
        Assert.Equal(EnvironmentState.Starting, record.State);
        Assert.Equal(EnvironmentState.Initializing, After(new PhaseStarted(Phase.Init, Suppressed: false, null)));
        Assert.Equal(EnvironmentState.Ready, After(new PhaseEnded(Phase.Init, PhaseStatus.Success, null)));
        Assert.Equal(EnvironmentState.Frozen, After(new EnvironmentFrozen()));
        Assert.Equal(EnvironmentState.Invoking, After(new PhaseStarted(Phase.Invoke, Suppressed: false, new RequestId("one"))));
        Assert.Equal(EnvironmentState.Ready, After(new PhaseEnded(Phase.Invoke, PhaseStatus.Error, ErrorType.RuntimeExitError)));
        Assert.Equal(EnvironmentState.ShuttingDown, After(new PhaseStarted(Phase.Shutdown, Suppressed: false, null)));
        Assert.Equal(EnvironmentState.ShuttingDown, After(new PhaseEnded(Phase.Shutdown, PhaseStatus.Success, null)));
        Assert.Equal(EnvironmentState.Ended, After(new EnvironmentEnded()));
    }

    [Fact]
    public void Does_not_call_an_environment_ready_whose_init_failed()
    {
        After(new PhaseStarted(Phase.Init, Suppressed: false, null));

        Assert.Equal(EnvironmentState.InitFailed, After(new PhaseEnded(Phase.Init, PhaseStatus.Error, ErrorType.RuntimeExitError)));
        Assert.Equal(EnvironmentState.InitFailed, After(new EnvironmentFrozen()));
    }

    [Fact]
    public void Keeps_the_last_phases_and_those_that_run()
    {
        for (var count = 0; count < Limits.RecordedPhases + 10; count++)
        {
            After(new PhaseStarted(Phase.Invoke, Suppressed: false, new RequestId($"{count}")));
            After(new PhaseEnded(Phase.Invoke, PhaseStatus.Success, null));
        }

        After(new PhaseStarted(Phase.Invoke, Suppressed: false, new RequestId("running")));

        var phases = record.Phases();
        Assert.Equal(Limits.RecordedPhases + 1, phases.Count);
        Assert.Equal("10", phases[0].RequestId!.Value.Value);
        Assert.Null(phases[^1].End);
    }

    private EnvironmentState After(LifecycleEvent happened)
    {
        record.Emit(happened);
        return record.State;
    }
}
