using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Storage;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing.Snapshots;

/// <summary>What those inside of a clone see, and what becomes of them.</summary>
public sealed class Clone_of_a_snapshot
{
    // Does what it is told.
    private const string Servant = """
        import http.client, os
        api = http.client.HTTPConnection("127.0.0.1", 9001)
        open("/tmp/before", "w").write("kept")
        count = 0
        while True:
            api.request("GET", "/next")
            order = api.getresponse().read().decode()
            count += 1
            try:
                print(eval(order), flush=True)
            except Exception as problem:
                print(type(problem).__name__, problem, flush=True)
        """;

    [Fact]
    public async Task Sees_and_is_what_its_original_was()
    {
        await using var words = await new SnapshotWords().StartAsync();
        var (sandbox, connection) = await words.AskingAsync(its => Python(Servant, its), new Collected());
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        var clone = await words.RestoreAsync(snapshot, new Collected());
        await using var destroyed = clone.Sandbox;
        var (old, young) = (Servants(sandbox), Servants(clone.Sandbox));

        Assert.Equal(Mounts(sandbox.AgentPid), Mounts(clone.Sandbox.AgentPid));
        foreach (var (was, now) in old.Prepend(sandbox.AgentPid).Zip(young.Prepend(clone.Sandbox.AgentPid)))
        {
            Assert.Equal(Rights(was), Rights(now));
            Assert.Equal(Text(was, "uid_map"), Text(now, "uid_map"));
            Assert.Equal(Text(was, "oom_score_adj"), Text(now, "oom_score_adj"));
            Assert.Equal(Text(was, "limits"), Text(now, "limits"));
        }

        Assert.Equal(Limits(old[0]), Limits(young[0]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Has_a_tmp_of_its_own_with_what_was_there(bool asImage)
    {
        await using var words = await new SnapshotWords().StartAsync();
        var images = asImage ? new TmpImages(new() { Directory = words.NewPath(), Ready = 0 }, TimeProvider.System, _ => { }) : null;
        using var temporary = images is null ? null : await images.TakeAsync(512);
        var (sandbox, connection) = await words.AskingAsync(
            its => Python(Servant, its), new Collected(), new() { Temporary = temporary });
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        var outputs = new[] { new Collected(), new Collected() };
        foreach (var output in outputs)
        {
            var clone = await words.RestoreAsync(snapshot, output);
            await using var destroyed = clone.Sandbox;
            await SnapshotWords.AnswerAsync(
                clone.Connections[0], "(sorted(os.listdir('/tmp')), open('/tmp/mine', 'x').write('x'), count)");
            await EventuallyAsync(() => output.Stdout.Length > 0, "it looks");
        }

        Assert.All(outputs, output => Assert.Equal("(['before'], 1, 1)\n", output.Stdout));
        if (images is not null)
            await images.DisposeAsync();
    }

    [Fact]
    public async Task Has_any_other_tmp_where_nothing_was_in_it()
    {
        await using var words = await new SnapshotWords().StartAsync();
        await using var images = new TmpImages(new() { Directory = words.NewPath(), Ready = 0 }, TimeProvider.System, _ => { });
        using var temporary = await images.TakeAsync(600);
        var (sandbox, connection) = await words.AskingAsync(
            its => Python(Servant.Replace("open(\"/tmp/before\", \"w\").write(\"kept\")", "", StringComparison.Ordinal), its),
            new Collected(),
            new() { Temporary = temporary });
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        Assert.Equal(600, snapshot.EmptyTemporaryMegabytes);

        foreach (var ready in (TmpImage?[])[null, await images.TakeAsync(600)])
        {
            var output = new Collected();
            var clone = await words.RestoreAsync(snapshot, output, new() { Temporary = ready });
            await using var destroyed = clone.Sandbox;
            await SnapshotWords.AnswerAsync(
                clone.Connections[0], "(os.listdir('/tmp'), open('/tmp/mine', 'x').write('x'), os.statvfs('/tmp').f_blocks >> 8)");
            await EventuallyAsync(() => output.Stdout.Length > 0, "it looks");
            Assert.Matches(@"^\(\[\], 1, 5\d\d\)\n$", output.Stdout);
        }
    }

    [Fact]
    public async Task Is_noticed_when_it_dies_and_can_begin_again()
    {
        await using var words = await new SnapshotWords().StartAsync();
        var (sandbox, connection) = await words.AskingAsync(its => Python(Servant, its), new Collected());
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        var output = new Collected();
        var clone = await words.RestoreAsync(snapshot, output);
        await using var destroyed = clone.Sandbox;
        var servant = Assert.Single(Servants(clone.Sandbox));
        Assert.Equal(0, Syscalls.kill(servant, Syscalls.SIGKILL));
        Assert.Equal(new ExitStatus(0, Syscalls.SIGKILL), await clone.Processes["asker"].Exited.InTimeAsync());

        await clone.Sandbox.KillAllAsync(Patience).InTimeAsync();
        Assert.Equal(
            "500\n", await NamespaceWords.PrintedByAsync(clone.Sandbox, its => Shell("cat /proc/self/oom_score_adj", its)));
        await clone.Sandbox.FlushOutputAsync().InTimeAsync();
    }

    [Fact]
    public async Task Is_broken_when_its_agent_dies_and_leaves_nothing()
    {
        await using var words = await new SnapshotWords().StartAsync();
        var (sandbox, connection) = await words.AskingAsync(its => Python(Servant, its), new Collected());
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        var before = LeftOver(words);
        var clone = await words.RestoreAsync(snapshot, new Collected());
        int[] all = [clone.Sandbox.AgentPid, .. Servants(clone.Sandbox)];
        Assert.Equal(0, Syscalls.kill(clone.Sandbox.AgentPid, Syscalls.SIGKILL));
        await clone.Sandbox.Broken.InTimeAsync();
        await clone.Sandbox.DisposeAsync();

        Assert.DoesNotContain(all, Exists);
        Assert.Equal(before, LeftOver(words));
    }

    private static string LeftOver(SnapshotWords words) => File.ReadAllText("/proc/self/mountinfo")
        + string.Join('\n', Directory.GetFileSystemEntries(words.Folder).Order());

    private static List<int> Servants(NamespaceSandbox sandbox) => [.. ProcessTree.DescendantsOf(sandbox.AgentPid)];

    private static string Text(int pid, string name) =>
        File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{name}"));

    // What is where, and how it may be used: not the numbers.
    private static string[] Mounts(int pid) => [.. Text(pid, "mountinfo").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' '))
        .Select(fields => $"{fields[4]} {fields[5].Replace("relatime", "", StringComparison.Ordinal)}")
        .Order(StringComparer.Ordinal)];

    private static string[] Rights(int pid) => [.. Text(pid, "status").Split('\n').Where(line =>
        line.StartsWith("Cap", StringComparison.Ordinal) || line.StartsWith("NoNewPrivs", StringComparison.Ordinal)
        || line.StartsWith("Seccomp", StringComparison.Ordinal) || line.StartsWith("Uid", StringComparison.Ordinal)
        || line.StartsWith("Sig", StringComparison.Ordinal) && !line.StartsWith("SigQ", StringComparison.Ordinal))];

    private static string Limits(int pid)
    {
        var (status, output, _) = new HostProgram("/usr/bin/nsenter").Run(
        [
            string.Create(CultureInfo.InvariantCulture, $"--user=/proc/{pid}/ns/user"), "--", "/bin/sh", "-c",
            "cd /proc/sys/user; grep . max_*_namespaces max_inotify_*",
        ]);
        return $"{status}\n{output}";
    }
}
