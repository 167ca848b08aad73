using Thaw.Contracts;
using Thaw.Daemon.ServiceApi;
using Thaw.Lifecycle;

namespace Thaw.UnitTests.Daemon.InvokeApi;

public sealed class Restores_that_fail
{
    [Fact, Trait("Spec", "ENV-044"), Trait("Spec", "ENV-123")]
    public void Are_told_to_callers_by_the_shapes_of_SnapStart()
    {
        var tooLong = LambdaError.NotRestored(PhaseOutcome.Timeout);
        Assert.Equal((408, "SnapStartTimeoutException"), (tooLong.Status, tooLong.Shape));
        var hooks = LambdaError.NotRestored(new PhaseOutcome.Failed(ErrorType.RuntimeRestoreHookUserTimeout, "too long"));
        Assert.Equal((408, "SnapStartTimeoutException"), (hooks.Status, hooks.Shape));
        var failed = LambdaError.NotRestored(new PhaseOutcome.Failed(ErrorType.RuntimeExitError, "exit status 65"));
        Assert.Equal((400, "SnapStartException"), (failed.Status, failed.Shape));
        Assert.Contains("Runtime.ExitError: exit status 65", failed.Text, StringComparison.Ordinal);
    }
}
