using System.Diagnostics;
using Thaw.Linux;
using Thaw.Testing;

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

    [Theory]
    [InlineData("NSpid:\t77")]
    [InlineData("RssAnon: 1 kB")]
    [InlineData("VmHWM:\t1 kB")]
    public async Task Believes_no_name_that_a_process_has_given_itself(string name)
    {
        using var folder = new TemporaryFolder();
        var program = Path.Combine(folder.Path, name);
        File.CreateSymbolicLink(program, "/bin/sh");
        using var process = Process.Start(new ProcessStartInfo(program, ["-c", "echo; read x"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        var comm = await File.ReadAllTextAsync($"/proc/{process.Id}/comm", TestContext.Current.CancellationToken);
        Assert.Equal(name + "\n", comm);

        Assert.Equal(process.Id, ProcFile.ReadOwnId(process.Id));
        Assert.InRange(ProcFile.ReadAnonymousMemory(process.Id), 10_000, 100_000_000);
        Assert.InRange(ProcFile.ReadPeakMemory(process.Id), 100_000, 100_000_000);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
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
