using System.Diagnostics;
using Thaw.Sandboxing.Cgroups;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>A real hierarchy of the kernel's, where it gives one.</summary>
public sealed class Swift_moves
{
    private readonly string name = $"thaw-test-{Environment.ProcessId}";

    [Fact]
    public async Task Are_there_for_as_long_as_they_are_held_and_leave_nothing()
    {
        var moves = SwiftMoves.TryHold(name);
        Assert.SkipUnless(moves is not null, "no hierarchy of our own here");
        using (moves)
        {
            Assert.True(IsThere);
            Assert.DoesNotContain(name, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        }

        await EventuallyAsync(() => !IsThere, "the hierarchy is gone");
    }

    [Fact]
    public async Task Are_held_by_no_child_of_their_holder()
    {
        var moves = SwiftMoves.TryHold(name);
        Assert.SkipUnless(moves is not null, "no hierarchy of our own here");
        Process child;
        using (moves)
            child = Process.Start("sleep", "60");
        try
        {
            await EventuallyAsync(() => !IsThere, "the hierarchy is gone");
            Assert.False(child.HasExited);
        }
        finally
        {
            child.Kill();
            child.Dispose();
        }
    }

    private bool IsThere => File.ReadAllText("/proc/self/cgroup").Contains($":name={name}:", StringComparison.Ordinal);
}
