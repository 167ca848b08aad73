using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

public class Init_phase
{
    [Fact, Trait("Spec", "ENV-007")]
    public async Task Starts_the_runtime_only_after_every_extension_has_registered()
    {
        var stage = new Stage(["alpha", "beta"]);
        _ = stage.Lifecycle.InitAsync();

        await stage.Register("beta");
        Assert.DoesNotContain("start runtime", stage.Processes.Log);
        await stage.Register("alpha");
        Assert.Contains("start runtime", stage.Processes.Log);
    }

    [Fact, Trait("Spec", "ENV-008")]
    public async Task Starts_the_extensions_in_name_order_and_all_at_the_same_time()
    {
        var stage = new Stage(["alpha", "beta", "gamma"]);
        _ = stage.Lifecycle.InitAsync();

        Assert.Equal(["start alpha", "start beta", "start gamma"], stage.Processes.Log);
        await Task.CompletedTask;
    }

    [Fact, Trait("Spec", "ENV-012")]
    public async Task Does_not_end_before_an_extension_without_events_has_called_next()
    {
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha");
        _ = stage.RuntimeNext();

        Assert.False(init.IsCompleted);
        _ = stage.ExtensionNext("alpha");
        Assert.IsType<PhaseOutcome.Succeeded>(await init);
    }

    [Fact, Trait("Spec", "ENV-012")]
    public async Task Waits_for_internal_extensions_too()
    {
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("inside");
        _ = stage.RuntimeNext();

        Assert.False(init.IsCompleted);
        _ = stage.ExtensionNext("inside");
        Assert.IsType<PhaseOutcome.Succeeded>(await init);
    }

    [Theory, Trait("Spec", "ENV-001"), Trait("Spec", "ENV-004"), Trait("Spec", "ENV-005")]
    [InlineData(InitializationType.OnDemand, 3, 10)]
    [InlineData(InitializationType.OnDemand, 900, 10)]
    [InlineData(InitializationType.ProvisionedConcurrency, 3, 130)]
    [InlineData(InitializationType.ProvisionedConcurrency, 900, 900)]
    [InlineData(InitializationType.SnapStart, 131, 131)]
    public async Task Is_stopped_at_the_limit_of_its_type(InitializationType type, int timeoutSeconds, int limitSeconds)
    {
        var stage = new Stage(type: type, timeoutSeconds: timeoutSeconds);
        var init = stage.Lifecycle.InitAsync();

        stage.Advance((limitSeconds * 1000) - 1);
        Assert.False(init.IsCompleted);
        stage.Advance(1);
        Assert.IsType<PhaseOutcome.TimedOut>(await init);
        Assert.False(stage.Processes.IsAlive("runtime"));
        Assert.Equal(TimeSpan.FromSeconds(limitSeconds), stage.Events.Of<InitReport>().Single().Duration);
    }

    [Fact]
    public async Task Is_stopped_at_the_limit_when_an_extension_never_registers()
    {
        var stage = new Stage(["silent"]);
        var init = stage.Lifecycle.InitAsync();

        stage.Advance(10_000);
        stage.Advance(2_000);
        Assert.IsType<PhaseOutcome.TimedOut>(await init);
        Assert.DoesNotContain("start runtime", stage.Processes.Log);
    }

    [Fact, Trait("Spec", "ENV-011")]
    public async Task Fails_when_there_are_eleven_extensions()
    {
        var stage = new Stage([.. Enumerable.Range(1, 11).Select(number => $"extension-{number:00}")]);
        var outcome = Assert.IsType<PhaseOutcome.Failed>(await stage.Lifecycle.InitAsync());

        Assert.Equal(ErrorType.ExtensionLaunchError, outcome.ErrorType);
        Assert.Equal("too many extensions", outcome.Reason);
        Assert.Equal("LaunchError", stage.Events.Of<ExtensionReport>().Single(report => report.Name == "extension-11").State);
    }

    [Fact, Trait("Spec", "ENV-011")]
    public async Task Works_with_ten_extensions()
    {
        var stage = new Stage([.. Enumerable.Range(1, 10).Select(number => $"extension-{number:00}")]);
        Assert.True((await stage.GoodInit("INVOKE")).IsSuccess);
    }

    [Fact, Trait("Spec", "ENV-010")]
    public async Task Fails_when_an_extension_cannot_be_started()
    {
        var stage = new Stage(["alpha"]);
        stage.Processes.Refusals["alpha"] = new ProcessStarted.Refused(ErrorType.ExtensionLaunchError, "permission denied");
        var outcome = Assert.IsType<PhaseOutcome.Failed>(await stage.Lifecycle.InitAsync());

        Assert.Equal(ErrorType.ExtensionLaunchError, outcome.ErrorType);
        Assert.Equal("LaunchError", stage.Events.Of<ExtensionReport>().Single().State);
    }

    [Theory, Trait("Spec", "ENV-019")]
    [InlineData(0, "exit code 0")]
    [InlineData(3, "exit status 3")]
    public async Task Fails_when_an_extension_exits_whatever_its_status(int status, string reason)
    {
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        stage.Processes.Exit("alpha", ProcessExit.WithStatus(status));

        Assert.Equal(new PhaseOutcome.Failed(ErrorType.ExtensionCrash, reason), await init);
    }

    [Fact, Trait("Spec", "ENV-020")]
    public async Task Has_the_type_InitError_when_the_extension_reported_one_before_it_exits()
    {
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha");
        await stage.Extensions.InitErrorAsync(stage.IdentifierOf("alpha"), new ErrorType("Extension.NoNetwork"));
        Assert.False(init.IsCompleted);
        stage.Processes.Exit("alpha", ProcessExit.WithStatus(1));

        Assert.Equal(new PhaseOutcome.Failed(ErrorType.ExtensionInitError, "exit status 1"), await init);
        var report = stage.Events.Of<ExtensionReport>().Single();
        Assert.Equal(("InitError", "Extension.NoNetwork"), (report.State, report.ErrorType?.Name));
    }

    [Fact, Trait("Spec", "ENV-022")]
    public async Task Keeps_the_first_fatal_error()
    {
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha");
        await stage.PostInitError("Function.First");
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        stage.Processes.Exit("alpha", ProcessExit.WithStatus(1));

        Assert.Equal("Function.First", Assert.IsType<PhaseOutcome.Failed>(await init).ErrorType.Name);
    }

    [Fact]
    public async Task Fails_when_the_runtime_exits_before_it_asked_for_an_event()
    {
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(7));

        Assert.Equal(new PhaseOutcome.Failed(ErrorType.RuntimeExitError, "Runtime exited with error: exit status 7"), await init);
    }

    [Fact, Trait("Spec", "ENV-099")]
    public async Task Emits_its_events_in_the_order_of_a_cold_start()
    {
        var stage = new Stage(["alpha"]);
        await stage.GoodInit("INVOKE", "SHUTDOWN");

        Assert.Equal(
            [typeof(InitStart), typeof(InitRuntimeDone), typeof(ExtensionReport), typeof(InitReport)],
            stage.Events.Of<PlatformEvent>().Select(happened => happened.GetType()));
        var report = stage.Events.Of<ExtensionReport>().Single();
        Assert.Equal(("alpha", "Ready"), (report.Name, report.State));
        Assert.Equal(["INVOKE", "SHUTDOWN"], report.Events);
    }

    [Theory, Trait("Spec", "ENV-066"), Trait("Spec", "ENV-110")]
    [InlineData("good", "Success", null)]
    [InlineData("init/error Function.Foo", "Error", "Function.Foo")]
    [InlineData("init/error Foo", "Error", "Runtime.Unknown")]
    [InlineData("init/error Function.", "Error", "Function.Unknown")]
    [InlineData("exit", "Error", "Runtime.ExitError")]
    [InlineData("out of memory", "Error", "Runtime.OutOfMemory")]
    [InlineData("hang", "Timeout", "Runtime.Unknown")]
    [InlineData("sandbox breaks", "Failure", "Sandbox.Failure")]
    public async Task Tells_how_it_ended_and_why(string how, string status, string? type)
    {
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        switch (how)
        {
            case "good":
                _ = stage.RuntimeNext();
                break;
            case "exit":
                stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
                break;
            case "out of memory":
                stage.Processes.Exit("runtime", new ProcessExit(0, 9, OutOfMemory: true));
                break;
            case "hang":
                stage.Advance(10_000);
                break;
            case "sandbox breaks":
                stage.Lifecycle.Interrupt("it broke");
                break;
            default:
                await stage.PostInitError(how.Split(' ')[1]);
                break;
        }

        await init;
        var (done, report) = (stage.Events.Of<InitRuntimeDone>().Single(), stage.Events.Of<InitReport>().Single());
        Assert.Equal((status, type), ($"{done.Status}", done.ErrorType?.Name));
        Assert.Equal((status, type), ($"{report.Status}", report.ErrorType?.Name));
    }

    [Fact, Trait("Spec", "ENV-019"), Trait("Spec", "ENV-099")]
    public async Task That_only_an_extension_fails_has_a_runtime_that_was_done()
    {
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha", "INVOKE");
        _ = stage.RuntimeNext();
        stage.Processes.Exit("alpha", ProcessExit.WithStatus(1));
        await init;

        Assert.Equal(PhaseStatus.Success, stage.Events.Of<InitRuntimeDone>().Single().Status);
        Assert.Equal(ErrorType.ExtensionCrash, stage.Events.Of<ExtensionReport>().Single().ErrorType);
        var report = stage.Events.Of<InitReport>().Single();
        Assert.Equal((PhaseStatus.Error, ErrorType.ExtensionCrash), (report.Status, report.ErrorType));
    }

    [Fact, Trait("Spec", "ENV-080")]
    public async Task Closes_registration_once_the_runtime_is_ready()
    {
        var stage = new Stage();
        await stage.GoodInit();
        Assert.Equal(Refusal.RegistrationClosed, await stage.Register("late"));
    }

    [Fact]
    public async Task Interrupted_fails_at_once()
    {
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        stage.Lifecycle.Interrupt("stopped");
        Assert.Equal(new PhaseOutcome.Failed(ErrorType.SandboxFailure, "stopped"), await init);
        Assert.Equal(PhaseStatus.Failure, stage.Events.Of<InitReport>().Single().Status);
    }
}
