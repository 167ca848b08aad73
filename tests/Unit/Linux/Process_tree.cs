using System.Diagnostics;
using Thaw.Linux;

namespace Thaw.UnitTests.Linux;

public sealed class Process_tree
{
    [Fact]
    public async Task Shows_children_and_their_children_either_way()
    {
        string[] arguments = ["-c", "sleep 1000 & (sleep 1000 & wait) & echo; wait"];
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", arguments) { RedirectStandardOutput = true })!;
        try
        {
            await shell.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            while (ProcessTree.FollowParents(shell.Id).Count < 3)
                await Task.Delay(5, TestContext.Current.CancellationToken);

            Assert.Equal(ProcessTree.FollowParents(shell.Id).Order(), ProcessTree.FollowChildren(shell.Id).Order());
            Assert.Contains(shell.Id, ProcessTree.DescendantsOf(Environment.ProcessId));
        }
        finally
        {
            foreach (var process in ProcessTree.DescendantsOf(shell.Id))
                _ = Syscalls.kill(process, Syscalls.SIGKILL);

            shell.Kill();
        }
    }

    [Fact]
    public void Of_a_process_that_does_not_exist_is_empty()
    {
        Assert.Empty(ProcessTree.FollowChildren(int.MaxValue));
        Assert.Empty(ProcessTree.FollowParents(int.MaxValue));
    }

    [Fact]
    public void Knows_our_own_place()
    {
        var stat = Assert.NotNull(ProcFile.ReadStat(Environment.ProcessId));

        Assert.True(stat.IsAlive);
        Assert.Equal(Environment.ProcessId, ProcFile.ReadOwnId(Environment.ProcessId));
        Assert.Equal(0, ProcFile.ReadOwnId(int.MaxValue));
        Assert.Contains(Environment.ProcessId, ProcessTree.MembersOfSession(stat.Session));
        Assert.Contains(Environment.ProcessId, ProcessTree.FollowParents(stat.Parent));
        Assert.InRange(ProcFile.ReadPeakMemory(Environment.ProcessId), 10_000_000, 10_000_000_000);
    }
}
