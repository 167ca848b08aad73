using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>System calls that reach too far, and what may be done to the agent.</summary>
public sealed class Namespace_sandbox_refuses : IDisposable
{
    private const string Calls = """
        import ctypes, errno, os, platform
        libc = ctypes.CDLL(None, use_errno=True)
        arm = platform.machine() == "aarch64"
        def call(x64, arm64, *arguments):
            ctypes.set_errno(0)
            result = libc.syscall(ctypes.c_long(arm64 if arm else x64), *[ctypes.c_long(one) for one in arguments])
            return errno.errorcode[ctypes.get_errno()] if result < 0 else result
        """;

    private readonly NamespaceWords words = new();

    [Fact]
    public async Task New_namespaces()
    {
        Assert.Equal(
            "EPERM EPERM ENOSYS EPERM True\n",
            await PrintedAsync(
                """
                CLONE_NEWUSER, CLONE_NEWNET, SIGCHLD = 0x10000000, 0x40000000, 17
                print(call(272, 97, CLONE_NEWUSER), call(56, 220, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0), call(435, 435, 0, 0),
                    call(308, 268, 0, 0), os.waitpid(os.fork() or os._exit(0), 0)[1] == 0)
                """));
    }

    [Fact]
    public async Task Work_where_no_filter_looks() => Assert.Equal(
        "['ENOSYS', 'ENOSYS', 'ENOSYS']\n",
        await PrintedAsync("print([call(number, number, 0, 0) for number in (425, 426, 427)])"));

    [Theory]
    [InlineData("mount", 165, 40)]
    [InlineData("umount2", 166, 39)]
    [InlineData("pivot_root", 155, 41)]
    [InlineData("open_tree", 428, 428)]
    [InlineData("fsopen", 430, 430)]
    [InlineData("ptrace", 101, 117)]
    [InlineData("bpf", 321, 280)]
    [InlineData("kexec_load", 246, 104)]
    [InlineData("init_module", 175, 105)]
    [InlineData("keyctl", 250, 219)]
    [InlineData("reboot", 169, 142)]
    [InlineData("swapon", 167, 224)]
    [InlineData("perf_event_open", 298, 241)]
    [InlineData("userfaultfd", 323, 282)]
    [InlineData("acct", 163, 89)]
    [InlineData("quotactl", 179, 60)]
    [InlineData("settimeofday", 164, 170)]
    [InlineData("clock_settime", 227, 112)]
    [InlineData("process_vm_readv", 310, 270)]
    [InlineData("process_vm_writev", 311, 271)]
    [InlineData("sethostname", 170, 161)]
    [InlineData("open_by_handle_at", 304, 265)]
    public async Task Calls_that_no_function_needs(string name, int x64, int arm64) =>
        Assert.Equal($"{name} EPERM\n", await PrintedAsync($"print('{name}', call({x64}, {arm64}, 0, 0, 0, 0, 0))"));

    [Fact]
    public async Task Sockets_to_the_hypervisor() => Assert.Equal(
        "EPERM True\n", await PrintedAsync("print(call(41, 198, 40, 1, 0), call(41, 198, 2, 1, 0) > 0)"));

    [Fact]
    public async Task To_let_the_agent_be_touched()
    {
        await using var sandbox = await words.NewSandboxAsync();
        Assert.Equal(
            "EPERM EPERM PermissionError PermissionError PermissionError\n",
            await NamespaceWords.PrintedByAsync(sandbox, output => Python(
                Calls + """

                import signal
                def attempt(what):
                    try: return what()
                    except OSError as problem: return type(problem).__name__
                for number in range(1, 65):
                    if number not in (32, 33): os.kill(1, number)
                print(call(302, 261, 1, 7, 0, 0), call(203, 122, 1, 0, 0), attempt(lambda: open("/proc/1/mem")),
                    attempt(lambda: os.listdir("/proc/1/fd")), attempt(lambda: os.readlink("/proc/1/exe")))
                """,
                output)));

        Assert.False(sandbox.Broken.IsCompleted);
        Assert.Equal("alive\n", await NamespaceWords.PrintedByAsync(sandbox, output => Shell("echo alive", output)));
    }

    [Fact]
    public async Task To_let_the_agent_die_for_others_memory()
    {
        await using var sandbox = await words.NewSandboxAsync();
        Assert.Equal("500\n500\n", await NamespaceWords.PrintedByAsync(
            sandbox, output => Shell("cat /proc/self/oom_score_adj; sh -c 'cat /proc/self/oom_score_adj'", output)));
        Assert.Equal("0\n", await File.ReadAllTextAsync($"/proc/{sandbox.AgentPid}/oom_score_adj", TestContext.Current.CancellationToken));
    }

    public void Dispose() => words.Dispose();

    private Task<string> PrintedAsync(string script) => words.PrintedByAsync(output => Python($"{Calls}\n{script}", output));
}
