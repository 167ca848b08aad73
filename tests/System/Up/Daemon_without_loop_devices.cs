namespace Thaw.SystemTests.Up;

/// <summary>As in a container that was given none: /tmp has no size of its own then, and that is all.</summary>
public sealed class Daemon_without_loop_devices
{
    private static readonly string[] WithoutLoopDevices =
        ["unshare", "--mount", "sh", "-c", "mount --bind /dev/null /dev/loop-control && exec \"$@\"", "sh"];

    [Fact]
    public async Task Serves_and_says_what_functions_go_without()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root has loop devices that he could go without");
        using var functions = new FunctionsFolder().Workers("worker");
        await using var daemon = await RunningDaemon.StartUnderAsync(WithoutLoopDevices, functions, "--isolation", "namespaces");

        (await daemon.InvokeAsync("worker")).Succeeded();

        Assert.Single(daemon.Said.Split('\n'), line => line.Contains("loop device", StringComparison.Ordinal));
        Assert.Contains("nothing limits what functions write to /tmp: There is no loop device", daemon.Said, StringComparison.Ordinal);
    }
}
