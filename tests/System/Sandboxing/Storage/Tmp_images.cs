using System.Diagnostics;
using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Storage;
using Thaw.Testing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing.Storage;

/// <summary>Real loop devices and real ext4; root of the machine only.</summary>
public sealed class Tmp_images : IDisposable
{
    private const int Megabyte = 1024 * 1024;

    // What a sandbox does with its image, as far as it matters here.
    private const string PlacesItAndWrites = """
        import ctypes, os, sys
        libc = ctypes.CDLL(None, use_errno=True)
        def check(result):
            if result < 0: sys.exit(os.strerror(ctypes.get_errno()))
        ready, go = os.pipe(), os.pipe()
        child = os.fork()
        if child:
            os.read(ready[0], 1)
            for kind in ("uid", "gid"):
                with open(f"/proc/{child}/{kind}_map", "w") as map: map.write("0 100000 65536")
            os.write(go[1], b".")
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        check(libc.unshare(0x10000000 | 0x00020000))
        os.write(ready[1], b".")
        os.read(go[0], 1)
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        check(libc.mount(b"none", b"/", None, 0x44000, None))
        check(libc.syscall(429, 62, b"", -100, b"/tmp", 4))
        os.setresgid(1000, 1000, 1000)
        os.setresuid(1000, 1000, 1000)
        with open("/tmp/mine", "w") as file: file.write("mine")
        state, room = os.stat("/tmp"), os.statvfs("/tmp")
        print(state.st_uid, state.st_gid, oct(state.st_mode), os.listdir("/tmp"))
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory, InlineData(512), InlineData(10_240)]
    public async Task Have_their_size_and_nothing_in_them(int megabytes)
    {
        await using var images = Images(ready: 0);
        using var image = await images.TakeAsync(megabytes);
        var room = new DriveInfo(Inside(image, ""));

        // The rest is where ext4 keeps its own accounts.
        Assert.InRange(room.AvailableFreeSpace, megabytes * 0.96 * Megabyte, megabytes * (double)Megabyte);
        Assert.Empty(Directory.GetFileSystemEntries(Inside(image, "")));
        var mode = File.GetUnixFileMode(Inside(image, "."));
        Assert.Equal("1777", Convert.ToString((int)mode, 8));
    }

    [Fact]
    public async Task Have_an_end_and_are_none_of_each_others_business()
    {
        await using var images = Images(ready: 0);
        using var full = await images.TakeAsync(512);
        using var other = await images.TakeAsync(512);
        File.WriteAllText(Inside(other, "before"), "here");

        var failure = Assert.Throws<IOException>(() => Fill(Inside(full, "large"), 600));
        Assert.Contains("No space left", failure.Message, StringComparison.Ordinal);
        File.WriteAllText(Inside(other, "after"), "here too");
        Assert.Equal("here", File.ReadAllText(Inside(other, "before")));
    }

    // The disk here is an image itself, so that nobody else writes to it.
    [Fact]
    public async Task Take_up_what_is_in_them_and_give_it_back()
    {
        await using var disks = Images(ready: 0);
        using var disk = await disks.TakeAsync(1024);
        await using var images = new TmpImages(Small(disk), TimeProvider.System, failure => Assert.Fail(failure.Message));
        var before = Free(disk);
        using var image = await images.TakeAsync(512);
        Assert.InRange(before - Free(disk), 0, Megabyte);

        Fill(Inside(image, "large"), 300);
        Assert.InRange(before - Free(disk), 300L * Megabyte, 310L * Megabyte);
        File.Delete(Inside(image, "large"));
        await EventuallyAsync(() => before - Free(disk) < 10L * Megabyte, "the room of what was deleted");
    }

    [Fact]
    public async Task Give_errors_when_the_disk_is_full_and_serve_again_when_it_is_not()
    {
        await using var disks = Images(ready: 0);
        using var disk = await disks.TakeAsync(512);
        await using var images = new TmpImages(Small(disk), TimeProvider.System, failure => Assert.Fail(failure.Message));
        using var image = await images.TakeAsync(512);
        Assert.Contains("No space left", Copy(Inside(disk, "else"), 600), StringComparison.Ordinal);

        // Into the cache it still fits.
        Assert.Contains("No space left", Copy(Inside(image, "large"), 100), StringComparison.Ordinal);
        File.Delete(Inside(disk, "else"));
        File.Delete(Inside(image, "large"));
        Assert.DoesNotContain("No space left", Copy(Inside(image, "large"), 10), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Can_be_placed_and_written_to_in_a_user_namespace()
    {
        await using var images = Images(ready: 0);
        using var image = await images.TakeAsync(512);
        var (read, write) = FileDescriptor.Pipe();
        using var output = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(read.Number, ownsHandle: false), FileAccess.Read);
        var spawn = Holder(PlacesItAndWrites, image, write);
        Assert.Equal(0, spawn.TryStart(out var pid));
        write.Dispose();

        using var reader = new StreamReader(output);
        Assert.Equal("1000 1000 0o41777 ['mine']\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(pid, Syscalls.waitpid(pid, out var status, 0));
        Assert.Equal(0, status);
        Assert.Equal("mine", File.ReadAllText(Inside(image, "mine")));
        read.Dispose();
    }

    [Fact]
    public async Task Leave_nothing_behind()
    {
        await using (var images = Images(ready: 3))
        {
            using var image = await images.TakeAsync(512);
            await EventuallyAsync(() => Devices() == 4, "three that are ready beside it");
            Assert.DoesNotContain(folder.Path, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        }

        await EventuallyAsync(() => Devices() == 0, "no loop device");
    }

    [Fact]
    public async Task Outlive_a_holder_that_is_killed_by_nothing()
    {
        await using var images = Images(ready: 0);
        int pid;
        using (var image = await images.TakeAsync(512))
            Assert.Equal(0, Holder("import time; time.sleep(1000)", image).TryStart(out pid));
        Assert.Equal(1, Devices());

        Assert.Equal(0, Syscalls.kill(pid, Syscalls.SIGKILL));
        Assert.Equal(pid, Syscalls.waitpid(pid, out _, 0));
        await EventuallyAsync(() => Devices() == 0, "no loop device");
    }

    [Fact]
    public async Task Are_refused_where_the_disk_has_no_room_for_them()
    {
        await using var images = new TmpImages(
            new() { Directory = folder.Path, LeastFreeBytes = long.MaxValue }, TimeProvider.System, _ => { });

        var refused = await Assert.ThrowsAsync<SandboxException>(async () => await images.TakeAsync(512));
        Assert.Contains("make room there", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_milliseconds_when_none_is_ready()
    {
        await using var images = Images(ready: 0);
        (await images.TakeAsync(512)).Dispose();
        var took = new List<double>();
        for (var round = 0; round < 20; round++)
        {
            var began = Stopwatch.GetTimestamp();
            using var image = await images.TakeAsync(512);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        took.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{took[0]:0.00} ms at least, {took[10]:0.00} ms in the middle, {took[^1]:0.00} ms at most"));
        Assert.InRange(took[10], 0, 200);
    }

    private static string Inside(TmpImage image, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{image.Mount.Number}/{name}");

    private static TmpImagesOptions Small(TmpImage disk) => new() { Directory = Inside(disk, "images"), Ready = 0, LeastFreeBytes = 0 };

    private static long Free(TmpImage disk) => new DriveInfo(Inside(disk, "")).AvailableFreeSpace;

    // What dd says when it has written and synced that much, or could not.
    private static string Copy(string path, int megabytes)
    {
        var own = path.Replace("/proc/self/", $"/proc/{Environment.ProcessId}/", StringComparison.Ordinal);
        return new HostProgram("/bin/dd").Run(["if=/dev/zero", $"of={own}", "bs=1M", $"count={megabytes}", "conv=fsync"]).Error;
    }

    private static void Fill(string path, int megabytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var some = new byte[Megabyte];
        Array.Fill(some, (byte)'x');
        for (var written = 0; written < megabytes; written++)
            file.Write(some);
        file.Flush(flushToDisk: true);
    }

    private static Spawn Holder(string script, TmpImage image, FileDescriptor? output = null) => new()
    {
        Path = "/usr/bin/python3",
        Arguments = ["python3", "-I", "-S", "-c", script],
        Environment = [],
        Descriptors = output is null ? [(image.Mount.Number, 62)] : [(image.Mount.Number, 62), (output.Number, 1)],
    };

    private TmpImages Images(int ready)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root of the machine may make loop devices");
        Assert.SkipUnless(Directory.Exists("/sys/module/loop"), "the kernel has no loop devices (fix: modprobe loop)");
        return new(new() { Directory = folder.Path, Ready = ready }, TimeProvider.System, failure => Assert.Fail(failure.Message));
    }

    // Those that are made of a file in the folder.
    private int Devices() => Directory.GetDirectories("/sys/block", "loop*").Count(device => BackingFile(device).StartsWith(
        folder.Path, StringComparison.Ordinal));

    private static string BackingFile(string device)
    {
        try
        {
            return File.ReadAllText(Path.Combine(device, "loop/backing_file"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
