using System.Runtime.InteropServices;
using System.Text;

namespace Thaw.Linux;

/// <summary>
/// A program to start by posix_spawn. It begins with default signal dispositions and an empty mask (.NET ignores SIGPIPE, and a child
/// would inherit that), /dev/null as standard input, the given descriptors, and nothing else of ours: the rest is close-on-exec.
/// </summary>
internal sealed unsafe record Spawn
{
    // Larger than the opaque types of glibc (336, 80 and 128 bytes) and of musl.
    private const int OpaqueBytes = 512;

    /// <summary>The program's file. Not searched for in PATH; a relative one is taken from <see cref="WorkingDirectory"/>.</summary>
    internal required string Path { get; init; }

    /// <summary>All of argv, the program's name first.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>NAME=VALUE, exactly what the program will see.</summary>
    internal required IReadOnlyList<string> Environment { get; init; }

    internal string? WorkingDirectory { get; init; }

    /// <summary>A session of its own (out of reach of the terminal's Ctrl-C), otherwise a process group of its own.</summary>
    internal bool NewSession { get; init; }

    /// <summary>Which of our descriptors becomes which of the program's.</summary>
    internal IReadOnlyList<(int Ours, int Theirs)> Descriptors { get; init; } = [];

    /// <summary>Starts the program. Returns 0, or the error number when it could not be executed.</summary>
    internal int TryStart(out int pid)
    {
        byte* attributes = stackalloc byte[OpaqueBytes], actions = stackalloc byte[OpaqueBytes], signals = stackalloc byte[OpaqueBytes];
        using var path = new CStrings([Path]);
        using var directory = new CStrings([WorkingDirectory ?? "."]);
        using var nothing = new CStrings(["/dev/null"]);
        using var argv = new CStrings(Arguments);
        using var envp = new CStrings(Environment);

        Check(Syscalls.posix_spawnattr_init(attributes), "posix_spawnattr_init");
        Check(Syscalls.posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        try
        {
            var group = NewSession ? Syscalls.POSIX_SPAWN_SETSID : Syscalls.POSIX_SPAWN_SETPGROUP;
            var flags = (short)(group | Syscalls.POSIX_SPAWN_SETSIGDEF | Syscalls.POSIX_SPAWN_SETSIGMASK);
            Check(Syscalls.posix_spawnattr_setflags(attributes, flags), "posix_spawnattr_setflags");
            _ = Syscalls.sigfillset(signals);
            Check(Syscalls.posix_spawnattr_setsigdefault(attributes, signals), "posix_spawnattr_setsigdefault");
            _ = Syscalls.sigemptyset(signals);
            Check(Syscalls.posix_spawnattr_setsigmask(attributes, signals), "posix_spawnattr_setsigmask");

            var opened = Syscalls.posix_spawn_file_actions_addopen(actions, 0, nothing.First, Syscalls.O_RDONLY, 0);
            Check(opened, "posix_spawn_file_actions_addopen");
            Place(actions);

            if (WorkingDirectory is not null)
                Check(Syscalls.posix_spawn_file_actions_addchdir_np(actions, directory.First), "posix_spawn_file_actions_addchdir_np");

            int started;
            var error = Syscalls.posix_spawn(&started, path.First, actions, attributes, argv.Pointers, envp.Pointers);
            pid = error == 0 ? started : 0;
            return error;
        }
        finally
        {
            _ = Syscalls.posix_spawn_file_actions_destroy(actions);
            _ = Syscalls.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Makes this process another program, with its environment, mask, and descriptors that are not close-on-exec.</summary>
    /// <exception cref="LinuxException">It cannot be executed.</exception>
    internal static void Become(IReadOnlyList<string> command)
    {
        using var argv = new CStrings(command);
        LinuxException.ThrowIfFailed(Syscalls.execv(argv.First, argv.Pointers), $"execve {command[0]}");
    }

    // A descriptor may have to go where another one still is, so all move aside first.
    private void Place(byte* actions)
    {
        var aside = 1 + Descriptors.Select(placed => Math.Max(placed.Ours, placed.Theirs)).DefaultIfEmpty().Max();
        for (var i = 0; i < Descriptors.Count; i++)
            Check(Syscalls.posix_spawn_file_actions_adddup2(actions, Descriptors[i].Ours, aside + i), "posix_spawn_file_actions_adddup2");
        for (var i = 0; i < Descriptors.Count; i++)
        {
            Check(Syscalls.posix_spawn_file_actions_adddup2(actions, aside + i, Descriptors[i].Theirs), "posix_spawn_file_actions_adddup2");
            Check(Syscalls.posix_spawn_file_actions_addclose(actions, aside + i), "posix_spawn_file_actions_addclose");
        }
    }

    private static void Check(int error, string call)
    {
        if (error != 0)
            throw new LinuxException(call, error);
    }

    /// <summary>A null-terminated array of C strings, in memory that the garbage collector does not move.</summary>
    private sealed class CStrings : IDisposable
    {
        internal CStrings(IReadOnlyList<string> strings)
        {
            var pointerBytes = (strings.Count + 1) * sizeof(byte*);
            var textBytes = 0;
            foreach (var text in strings)
                textBytes += Encoding.UTF8.GetByteCount(text) + 1;

            Pointers = (byte**)NativeMemory.Alloc((nuint)(pointerBytes + textBytes));
            var next = (byte*)Pointers + pointerBytes;
            var end = next + textBytes;
            for (var i = 0; i < strings.Count; i++)
            {
                Pointers[i] = next;
                next += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(next, (int)(end - next)));
                *next++ = 0;
            }

            Pointers[strings.Count] = null;
        }

        internal byte** Pointers { get; }

        internal byte* First => Pointers[0];

        public void Dispose() => NativeMemory.Free(Pointers);
    }
}
