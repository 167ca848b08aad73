using System.Diagnostics;
using System.Runtime.InteropServices;
using Thaw.SystemTests.Runs;
using Thaw.Testing;

namespace Thaw.SystemTests.Machines;

/// <summary>A machine with a kernel of its own and this one's files, for a while: see eng/emulate.</summary>
internal sealed class EmulatedMachine : IDisposable
{
    private const long DiskBytes = 4L << 30;

    // As eng/emulate says it.
    private const int WithoutKernel = 4;
    private const string Packages = "qemu-system-x86 busybox-static cpio kmod";

    private static readonly Version WithWideInstructions = new(7, 2);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly TemporaryFolder folder;
    private readonly string disk;

    /// <summary>Skips the test where none can be had.</summary>
    public EmulatedMachine()
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == Architecture.X64, "the kernel that is emulated is one for x86-64");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can show all files to another machine");
        foreach (var program in (string[])["qemu-system-x86_64", "busybox", "cpio", "depmod"])
            Assert.SkipWhen(Find(program) is null, $"there is no {program} (fix: apt-get install {Packages})");
        Assert.SkipWhen(
            Emulator() < WithWideInstructions,
            $"qemu {Emulator()} has not the instructions for which thaw is built here (fix: one from {WithWideInstructions} on)");
        folder = new();
        disk = Path.Combine(folder.Path, "disk");
        using (var file = File.Create(disk))
            file.SetLength(DiskBytes);
        using var format = Process.Start(Find("mkfs.ext4")!, ["-q", "-F", disk]);
        format.WaitForExit();
        Assert.Equal(0, format.ExitCode);
    }

    /// <summary>Starts it, runs a script in bash there, and switches it off. <c>/mnt</c> is what it still has the next time.</summary>
    /// <param name="groups">Its version of control groups.</param>
    /// <returns>The lines that the script printed.</returns>
    public async Task<string[]> RunAsync(int groups, string script)
    {
        var start = new ProcessStartInfo(
            Path.Combine(ThawProgram.Root, "eng/emulate"), ["--groups", $"{groups}", "--disk", disk, "bash", "-c", script])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["TMPDIR"] = folder.Path;
        using var machine = Process.Start(start)!;
        try
        {
            var said = machine.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await machine.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
            var lines = (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.SkipWhen(machine.ExitCode == WithoutKernel, "this machine's distribution has no kernel for it (linux-image-amd64)");
            Assert.True(machine.ExitCode == 0, $"status {machine.ExitCode}:\n{string.Join('\n', lines)}");
            return lines;
        }
        finally
        {
            machine.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => folder.Dispose();

    // "QEMU emulator version 7.2.22 (Debian ...)"
    private static Version? Emulator()
    {
        using var asked = Process.Start(new ProcessStartInfo(Find("qemu-system-x86_64")!, "--version") { RedirectStandardOutput = true })!;
        var words = asked.StandardOutput.ReadToEnd().Split([' ', '\n']);
        return Version.TryParse(words.SkipWhile(word => word != "version").ElementAtOrDefault(1), out var version) ? version : null;
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Concat(["/usr/sbin", "/sbin"]).Select(place => Path.Combine(place, program)).FirstOrDefault(File.Exists);
}
