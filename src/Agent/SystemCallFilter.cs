using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Agent;

/// <summary>
/// Refuses system calls that no function needs and that reach beyond the sandbox, or into the kernel's depths; see seccomp(2). The rest of
/// the sandbox would refuse most of them as well: this is the second wall.
/// <code>
///   call --&gt; another machine's? --no--&gt; number refused? --no--&gt; arguments refused? --no--&gt; allowed
///                    | yes                  | yes                     | yes
///                  ENOSYS             EPERM or ENOSYS               EPERM
/// </code>
/// </summary>
/// <remarks>The kernel remembers which numbers are allowed whatever their arguments are: most calls do not pass through this.</remarks>
internal static unsafe class SystemCallFilter
{
    private const ushort Load = 0x20, JumpIfEqual = 0x15, JumpIfAtLeast = 0x35, JumpIfAny = 0x45, Return = 0x06;
    private const ushort ToIndex = 0x07, LoadConstant = 0x00, ShiftByIndex = 0x6c;
    private const uint BitsOfArgument = 32;
    private const uint Allow = 0x7fff0000, Refuse = 0x00050000;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, FirstArgumentOffset = 16;
    private const uint X64 = 0xc000003e, Arm64 = 0xc00000b7, OtherAbi = 0x40000000;
    private const int EPERM = 1, ENOSYS = 38;

    /// <summary>For this thread and what it becomes.</summary>
    internal static void Install(bool mayBeSnapshotted)
    {
        IEnumerable<RefusedSystemCall> refused =
            mayBeSnapshotted ? RefusedSystemCalls.All.Concat(RefusedSystemCalls.OfSnapshots) : RefusedSystemCalls.All;
        var program = Program(refused, isArm: RuntimeInformation.ProcessArchitecture == Architecture.Arm64);
        fixed (Instruction* first = program)
        {
            var filter = new FilterProgram { Length = (ushort)program.Length, Instructions = first };
            var installed = Syscalls.prctl(Syscalls.PR_SET_SECCOMP, Syscalls.SECCOMP_MODE_FILTER, (nuint)(&filter), 0, 0);
            LinuxException.ThrowIfFailed(installed, "seccomp");
        }
    }

    private static Instruction[] Program(IEnumerable<RefusedSystemCall> calls, bool isArm)
    {
        List<Instruction> program =
        [
            new(Load, ArchitectureOffset),
            new(JumpIfEqual, isArm ? Arm64 : X64, then: 1),
            new(Return, Refuse | ENOSYS),
            new(Load, NumberOffset),
        ];
        if (!isArm)
            program.AddRange([new(JumpIfAtLeast, OtherAbi, otherwise: 1), new(Return, Refuse | ENOSYS)]);
        foreach (var refused in calls)
        {
            if ((isArm ? refused.Arm64 : refused.X64) is >= 0 and var number)
                program.AddRange(Instructions(refused, (uint)number));
        }

        program.Add(new(Return, Allow));
        return [.. program];
    }

    private static Instruction[] Instructions(RefusedSystemCall refused, uint number) => refused.When switch
    {
        RefusedWhen.FirstArgumentIs => Argument(JumpIfEqual, refused, number),
        RefusedWhen.FirstArgumentHasAny => Argument(JumpIfAny, refused, number),
        RefusedWhen.FirstArgumentIsNoneOf => ArgumentOutside(refused.Argument, number),
        RefusedWhen.Unknown => [new(JumpIfEqual, number, otherwise: 1), new(Return, Refuse | ENOSYS)],
        _ => [new(JumpIfEqual, number, otherwise: 1), new(Return, Refuse | EPERM)],
    };

    // Whoever has the number goes no further: it is either this or allowed. (What was loaded is the argument now, not the number.)
    private static Instruction[] Argument(ushort question, RefusedSystemCall refused, uint number) =>
    [
        new(JumpIfEqual, number, otherwise: 4),
        new(Load, FirstArgumentOffset),
        new(question, refused.Argument, otherwise: 1),
        new(Return, Refuse | EPERM),
        new(Return, Allow),
    ];

    private static Instruction[] ArgumentOutside(uint allowed, uint number) =>
    [
        new(JumpIfEqual, number, otherwise: 8),
        new(Load, FirstArgumentOffset),
        new(JumpIfAtLeast, BitsOfArgument, then: 4),
        new(ToIndex, 0),
        new(LoadConstant, 1),
        new(ShiftByIndex, 0),
        new(JumpIfAny, allowed, then: 1),
        new(Return, Refuse | EPERM),
        new(Return, Allow),
    ];

    /// <summary>A struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, uint value, byte then = 0, byte otherwise = 0)
    {
        private readonly ushort code = code;
        private readonly byte then = then;
        private readonly byte otherwise = otherwise;
        private readonly uint value = value;
    }

    /// <summary>A struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        internal ushort Length;
        internal Instruction* Instructions;
    }
}
