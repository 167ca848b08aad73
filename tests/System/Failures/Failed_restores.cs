using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Failures;

/// <summary>After-restore hooks of a real runtime that fail, end their process or take too long.</summary>
public sealed class Failed_restores
{
    private static WrittenFunction WithHook(string statement) => WrittenFunction.Python($"""
        import os, time
        from snapshot_restore_py import register_after_restore
        def hook():
            {statement}
        register_after_restore(hook)
        def handler(event, context):
            return "restored"
        """);

    private static Task<EndedRun> RestoredAsync(WrittenFunction function) =>
        ThawRun.OfAsync(function, "--initialization-type", "snap-start");

    [Theory, Trait("Spec", "ENV-123")]
    [InlineData("raise ValueError('as asked')", "Runtime.AfterRestoreError", "Runtime reported a restore error")]
    [InlineData("os._exit(3)", "Runtime.ExitError", "Runtime exited with error: exit status 3")]
    [InlineData("os.kill(os.getpid(), 9)", "Runtime.ExitError", "Runtime exited with error: signal: killed")]
    public async Task Say_what_the_hook_did(string statement, string type, string reason)
    {
        using var function = WithHook(statement);
        var run = await RestoredAsync(function);
        run.FailedWith(type, $"^RequestId: [0-9a-f-]{{36}} Error: {reason}$");
        run.LogHasInOrder(
            @"^INIT_REPORT Init Duration: \d+\.\d\d ms$",
            $@"^RESTORE_REPORT Restore Duration: \d+\.\d\d ms\tStatus: error\tError Type: {type}$");
        Assert.DoesNotContain(run.Log, line => line.StartsWith("START", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Are_timeouts_when_the_hooks_take_more_than_ten_seconds()
    {
        using var function = WithHook("time.sleep(1000)");
        var run = await RestoredAsync(function);
        run.FailedWith("Runtime.RestoreHookUserTimeout", "after-restore hooks");
        run.LogHasInOrder(@"^RESTORE_REPORT Restore Duration: 1\d{4}\.\d\d ms\tStatus: timeout$");
    }

    [Fact, Trait("Spec", "ENV-043")]
    public async Task Are_none_when_the_hook_does_its_work()
    {
        using var function = WithHook("time.sleep(0.05)");
        var run = await RestoredAsync(function);
        run.Answered("\"restored\"").LogHasInOrder(
            @"^RESTORE_REPORT Restore Duration: \d+\.\d\d ms$",
            @"^REPORT .*\tRestore Duration: \d+\.\d\d ms\tBilled Restore Duration: \d+ ms\t$");
        Assert.DoesNotContain(run.Log, line => line.StartsWith("REPORT", StringComparison.Ordinal) && line.Contains("Init Duration"));
    }
}
