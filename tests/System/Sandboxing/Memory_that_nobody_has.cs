using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Namespaces;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>Processes can leave memory behind that goes only with their sandbox: until then it is not another's.</summary>
public sealed class Memory_that_nobody_has : IAsyncDisposable
{
    private readonly NamespaceWords words = new();
    private readonly ControlGroups groups = ControlGroups.Find();

    public async ValueTask DisposeAsync()
    {
        await groups.CloseAsync();
        words.Dispose();
    }

    [Fact]
    public async Task Is_noticed_where_a_shared_segment_is_left() => Assert.True(await IsLeftByAsync("""
        import ctypes
        libc = ctypes.CDLL(None)
        libc.shmat.restype = ctypes.c_void_p
        segment = libc.shmget(0, 32 << 20, 0o1600)
        ctypes.memset(libc.shmat(segment, None, 0), 1, 32 << 20)
        """));

    [Fact]
    public async Task Is_not_what_a_process_had_that_is_gone() => Assert.False(await IsLeftByAsync("""
        import mmap
        mmap.mmap(-1, 32 << 20).write(b'x' * (32 << 20))
        """));

    private async Task<bool> IsLeftByAsync(string script)
    {
        Assert.SkipUnless(groups is { WhyNot: null, LimitsMemory: true }, groups.WhyNot ?? "no group counts memory here");
        var group = groups.Create($"left-{Guid.NewGuid():n}", new(256L << 20, 1, 1000));
        await using var sandbox = await NamespaceSandbox.CreateAsync(words.Options with { Group = group }).InTimeAsync();
        await sandbox.FurnishAsync(new());
        Assert.Equal("", await NamespaceWords.PrintedByAsync(sandbox, output => Python(script, output)));
        await sandbox.KillAllAsync(Patience).InTimeAsync();
        return sandbox.HoldsMemory;
    }
}
