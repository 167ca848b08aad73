using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Thaw.Linux;
using Thaw.Sandboxing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

[SupportedOSPlatform("linux")]
public sealed class Process_sandbox_starts : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("thaw-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Programs_with_exactly_the_environment_they_were_given()
    {
        var environment = new Dictionary<string, string> { ["ONE"] = "1", ["EMPTY"] = "", ["UMLAUT"] = "ä=ö", ["LINES"] = "a\nb" };
        var (exit, output) = await RunAsync(output => Program("/usr/bin/env", output, "-0") with { Environment = environment });

        Assert.Equal(new ExitStatus(0, 0), exit);
        Assert.Equal(environment.Select(variable => $"{variable.Key}={variable.Value}"), output.Stdout.TrimEnd('\0').Split('\0'));
    }

    [Fact]
    public async Task Programs_with_exactly_the_arguments_they_were_given()
    {
        var (_, output) = await RunAsync(output => Program("/usr/bin/printf", output, "[%s]", "a b", "", "$HOME", "ü"));

        Assert.Equal("[a b][][$HOME][ü]", output.Stdout);
    }

    [Fact]
    public async Task Programs_in_their_working_directory()
    {
        var (_, output) = await RunAsync(output => Program("/bin/pwd", output, "-P") with { WorkingDirectory = folder });

        Assert.Equal(folder, output.Stdout.TrimEnd());
    }

    [Fact]
    public async Task Programs_with_no_descriptor_but_the_standard_three()
    {
        // A daemon may have inherited descriptors itself, and those are not close-on-exec.
        using var inherited = new FileDescriptor(Syscalls.open("/etc/passwd", Syscalls.O_RDONLY));
        const string ListDescriptors = """
            import os
            for fd in os.listdir('/proc/self/fd'):
                if os.path.exists('/proc/self/fd/' + fd):
                    print(os.readlink('/proc/self/fd/' + fd))
            """;
        var (_, output) = await RunAsync(output => Python(ListDescriptors, output));

        Assert.Collection(
            output.Lines,
            stdin => Assert.Equal("/dev/null", stdin),
            stdout => Assert.StartsWith("pipe:", stdout, StringComparison.Ordinal),
            stderr => Assert.StartsWith("pipe:", stderr, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Programs_with_default_signals_and_their_own_group_in_no_terminals_session()
    {
        const string Script = "grep -E 'SigBlk|SigIgn' /proc/self/status; cut -d' ' -f5,7 /proc/$$/stat; echo $$";
        var (_, output) = await RunAsync(output => Shell(Script, output));

        // glibc's posix_spawn leaves its own two, 32 and 33, ignored.
        const ulong OfGlibc = 0x1_8000_0000;
        var (blocked, ignored) = (SignalsIn(output.Lines[0]), SignalsIn(output.Lines[1]));
        Assert.Equal((0ul, 0ul), (blocked, ignored & ~OfGlibc));
        Assert.Equal($"{output.Lines[3]} 0", output.Lines[2]);

        static ulong SignalsIn(string line) => ulong.Parse(line.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Programs_with_1024_open_files_and_no_core_dumps()
    {
        var (_, output) = await RunAsync(output => Shell("ulimit -Sn; ulimit -Hn; ulimit -c", output));

        Assert.Equal(["1024", "1024", "0"], output.Lines);
    }

    [Fact]
    public async Task Programs_that_reach_the_listener_of_the_sandbox()
    {
        await using var sandbox = await NewSandboxAsync();
        var (address, port) = (sandbox.ApiEndPoint.Address, sandbox.ApiEndPoint.Port);
        var dial = $"import socket; socket.create_connection(('{address}', {port})).sendall(b'hello')";
        await sandbox.StartAsync(Python(dial, new Collected()));

        using var connection = await sandbox.ApiListener.AcceptAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[16];
        Assert.Equal(5, await connection.ReceiveAsync(buffer, SocketFlags.None, TestContext.Current.CancellationToken));
    }

    [Fact]
    public Task Nothing_when_the_file_is_missing() => RefusesAsync("/no/such/file", Errno.ENOENT, "no such file");

    [Fact]
    public Task Nothing_when_the_file_is_not_executable() =>
        RefusesAsync(NewFile("#!/bin/sh\n", UnixFileMode.UserRead), Errno.EACCES, "not executable");

    [Fact]
    public Task Nothing_when_the_file_is_a_directory() => RefusesAsync(folder, Errno.EACCES, "directory");

    [Fact]
    public Task Nothing_when_the_interpreter_is_missing() => RefusesAsync(NewFile("#!/no/such/interpreter\n"), Errno.ENOENT, "interpreter");

    [Fact]
    public Task Nothing_when_the_file_is_no_program() => RefusesAsync(NewFile("echo hello\n"), Errno.ENOEXEC, "neither a program");

    [Fact]
    public async Task Nothing_when_the_working_directory_is_missing()
    {
        await using var sandbox = await NewSandboxAsync();
        var start = Shell("true", new Collected()) with { WorkingDirectory = "/no/such/directory" };

        var refusal = await Assert.ThrowsAsync<ProcessStartException>(() => sandbox.StartAsync(start));
        Assert.Contains("working directory", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200_000, "one string longer than Linux takes")]
    [InlineData(5_000_000, "more than a frame holds")]
    public async Task Nothing_when_the_arguments_are_too_large(int length, string why)
    {
        await using var sandbox = await NewSandboxAsync();

        var start = Shell(new string('x', length), new Collected());

        var refusal = await Assert.ThrowsAsync<ProcessStartException>(() => sandbox.StartAsync(start));
        Assert.True(refusal.Errno == Errno.E2BIG, why);

        // The sandbox has taken no harm.
        Assert.Equal(new(0, 0), await (await sandbox.StartAsync(Shell("true", new Collected()))).Exited.InTimeAsync());
    }

    [Fact]
    public async Task Nothing_when_a_text_holds_a_zero_byte()
    {
        await using var sandbox = await NewSandboxAsync();
        var start = Shell("true", new Collected()) with { Environment = new Dictionary<string, string> { ["A"] = "1\02" } };

        var refusal = await Assert.ThrowsAsync<ProcessStartException>(() => sandbox.StartAsync(start));
        Assert.Equal(Errno.EINVAL, refusal.Errno);
    }

    private static async Task RefusesAsync(string path, int errno, string reason)
    {
        await using var sandbox = await NewSandboxAsync();

        var refusal = await Assert.ThrowsAsync<ProcessStartException>(() => sandbox.StartAsync(Program(path, new Collected())));
        Assert.Equal(errno, refusal.Errno);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private string NewFile(string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserExecute)
    {
        var path = Path.Combine(folder, "program");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
