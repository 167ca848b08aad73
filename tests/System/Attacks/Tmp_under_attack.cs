using Thaw.Sandboxing.Namespaces;
using Thaw.SystemTests.Sandboxing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Attacks;

/// <summary>The one place where a function may write.</summary>
[Collection(typeof(AttackedMachines))]
public sealed class Tmp_under_attack(AttackedMachine machine)
{
    [Fact, Trait("Spec", "ENV-116")]
    public async Task Holds_what_it_may_hold_and_not_more()
    {
        var printed = await machine.AttackByAsync("filler", """
            block, written = bytes(1 << 20), 0
            def fill():
                global written
                fd = os.open("/tmp/big", os.O_WRONLY | os.O_CREAT)
                while True: written += os.write(fd, block)
            print(attempt(fill), 480 << 20 < written <= 512 << 20)
            print(attempt(lambda: os.posix_fallocate(os.open("/tmp/more", os.O_WRONLY | os.O_CREAT), 0, 1 << 30)))
            os.remove("/tmp/big")
            def files():
                for n in range(10 ** 6): os.close(os.open(f"/tmp/{n}", os.O_CREAT))
            print(attempt(files))
            """);

        Assert.Equal("ENOSPC True\nENOSPC\nENOSPC\n", printed);
        Assert.Equal("neighbour\n", await machine.AttackByAsync("neighbour", """
            open("/tmp/own", "w").write("neighbour")
            print(open("/tmp/own").read())
            """));
    }

    [Fact]
    public async Task Lends_no_file_of_the_machine_by_a_link()
    {
        Assert.Equal("{'EXDEV'}\nTrue\n{'EROFS'}\n", await machine.AttackAsync("""
            files = ["/usr/bin/su", "/etc/passwd", "/dev/null", "/var/task/bootstrap", "/proc/self/exe"]
            print({attempt(lambda: os.link(file, "/tmp/hard", follow_symlinks=False)) for file in files})
            print({attempt(lambda: os.open(file, os.O_RDWR))
                for file in files[:2] + files[3:4] + ["/etc/hosts", "/etc/resolv.conf"]} <= {"EROFS", "EACCES"})
            print({attempt(lambda: os.rename(file, file + "x")) for file in files[:2] + files[3:4]})
            """));
    }

    [Fact]
    public async Task Leads_the_daemon_nowhere_while_names_in_it_change()
    {
        // Where there are no images, it is a folder of the machine, which the daemon removes with whatever is in it then.
        using var words = new NamespaceWords();
        var outside = words.Folder("outside", "canary", AttackedMachine.Secret);
        var options = words.Options;
        for (var round = 0; round < 3; round++)
        {
            var sandbox = await NamespaceSandbox.CreateAsync(options);
            var output = new Collected();
            await sandbox.StartAsync(Python(
                $$"""
                import os, sys
                os.makedirs("/tmp/a/b")
                open("/tmp/a/b/canary", "w").write("x")
                os.symlink("{{outside}}", "/tmp/link")
                os.symlink("{{outside}}/canary", "/tmp/file")
                os.symlink("/proc/1/root", "/tmp/root")
                os.mkfifo("/tmp/fifo")
                for _ in range(3):
                    if os.fork() == 0: break
                print("racing", flush=True)
                while True:
                    try:
                        os.rename("/tmp/a", "/tmp/aside")
                        os.rename("/tmp/link", "/tmp/a")
                        os.rename("/tmp/a", "/tmp/link")
                        os.rename("/tmp/aside", "/tmp/a")
                    except OSError: pass
                """,
                output)).InTimeAsync();
            await EventuallyAsync(() => output.Stdout.Contains("racing", StringComparison.Ordinal), "it races");
            await sandbox.DisposeAsync().AsTask().InTimeAsync();

            Assert.Equal(AttackedMachine.Secret, await File.ReadAllTextAsync(
                Path.Combine(outside, "canary"), TestContext.Current.CancellationToken));
            Assert.False(Directory.Exists(options.TemporaryFolder));
        }
    }

    [Fact]
    public async Task Leaves_nothing_however_deep_and_strange_it_was()
    {
        // Deeper than any path may be long, and with names that are no text.
        using var words = new NamespaceWords();
        var options = words.Options;
        var sandbox = await NamespaceSandbox.CreateAsync(options);
        Assert.Equal("300\n", await NamespaceWords.PrintedByAsync(sandbox, output => Python(
            """
            import os
            os.chdir("/tmp")
            os.makedirs(b"\xff\xfe/\n\x01")
            open(b"\xff\xfe/\xc3", "w").close()
            os.chmod(b"\xff\xfe", 0)
            for depth in range(300):
                os.mkdir("d" * 100)
                os.chdir("d" * 100)
            print(depth + 1)
            """,
            output)));
        await sandbox.DisposeAsync().AsTask().InTimeAsync();

        Assert.False(Directory.Exists(options.TemporaryFolder));
    }
}
