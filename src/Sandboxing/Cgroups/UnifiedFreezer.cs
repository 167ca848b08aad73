using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>The freezer of version 2: part of every group but the root, whatever its controllers.</summary>
/// <remarks>The file stays open, so that thawing is one call. A frozen process dies of SIGKILL all the same.</remarks>
internal sealed class UnifiedFreezer : Freezer
{
    private const string StateFile = "cgroup.freeze";

    private readonly Lock gate = new();
    private readonly string group;
    private readonly FileDescriptor state;
    private Standstill? coming;

    public UnifiedFreezer(string group)
    {
        this.group = group;
        var fd = Syscalls.open(Path.Combine(group, StateFile), Syscalls.O_WRONLY | Syscalls.O_CLOEXEC);
        if (fd < 0)
        {
            var reason = Marshal.GetLastPInvokeErrorMessage();
            throw new SandboxException($"The group {group} cannot be frozen: {reason}.");
        }

        state = new FileDescriptor(fd);
    }

    public static bool IsIn(string group) => File.Exists(Path.Combine(group, StateFile));

    public override ValueTask FreezeAsync()
    {
        lock (gate)
        {
            Say("1"u8);
            coming?.GiveUp();
            coming = Standstill.Of(group);
            return coming is null ? default : new(coming.Reached);
        }
    }

    public override void Thaw()
    {
        lock (gate)
        {
            coming?.GiveUp();
            coming = null;
            Say("0"u8);
        }
    }

    public override void Dispose()
    {
        lock (gate)
        {
            coming?.GiveUp();
            state.Dispose();
        }
    }

    private void Say(ReadOnlySpan<byte> word)
    {
        if (state.IsClosed)
            throw new SandboxException($"The group {group} is gone.");
        if (GroupFile.TryWrite(state, word) is not 0 and var error)
            throw new SandboxException($"The group {group} cannot be frozen or thawed: {Marshal.GetPInvokeErrorMessage(error)}.");
    }
}
