using System.Diagnostics;
using System.Globalization;

namespace Thaw.Bench.Driver.Programs;

/// <summary>
/// A program that CRIU writes down and brings back by itself: alone in a process namespace, with no files, connections or limits. It says
/// by a file named <c>ready</c> that its static code has run, and sleeps.
/// </summary>
internal sealed class BareCriu
{
    private const string Unshare = "/usr/bin/unshare";

    // Each in its own namespace, so that everybody can have the process id that the image has.
    private static readonly string[] Alone = ["--pid", "--fork", "--kill-child", "--mount-proc", "--", "/bin/bash", "-c"];

    // What CRIU has found out about the kernel it keeps in /run, if that is in memory; as it is for Thaw.
    // Everybody is still there when the last one has come: none pays for the end of another.
    private const string Restore = """
        mount -t tmpfs tmpfs /run && cp criu.kdat /run || exit 1
        began=$EPOCHREALTIME
        "$0" restore -D images -W . -o "restore-$1.log" -d || exit 1
        echo "$began $EPOCHREALTIME" > "$1.part" && mv "$1.part" "$1.times"
        read -r _ < hold
        """;

    // What we had inherited ourselves is of another mount namespace, where CRIU would not find it.
    private const string Dump = """
        for open in /proc/$$/fd/*; do open=${open##*/}; (( open < 3 )) || eval "exec $open>&-"; done
        mkdir images
        mkfifo hold
        criu=$0
        echo 1000 > /proc/sys/kernel/ns_last_pid
        setsid "$@" < /dev/null > /dev/null 2>&1 &
        until [ -e ready ]; do sleep 0.05; done
        mount -t tmpfs tmpfs /run
        "$criu" dump -t $! -D images -W . -o dump.log && cp /run/criu.kdat .
        """;

    private readonly Workbench bench;
    private readonly string folder, criu;

    /// <summary>Takes the snapshot.</summary>
    internal BareCriu(Workbench bench, string name, string program, params string[] arguments)
    {
        (this.bench, folder) = (bench, bench.NewFolder($"criu-{name}"));
        criu = ((string[])["/opt/criu/criu", "/usr/sbin/criu"]).FirstOrDefault(File.Exists)
            ?? throw new BenchException("there is no CRIU on this machine (fix: thaw doctor --fix)");
        using var dump = Start(Dump, [program, .. arguments], "dump");
        dump.AwaitEnd();
    }

    /// <summary>From the start of the first to the end of the last.</summary>
    internal double RestoreMilliseconds(int count = 1)
    {
        var names = Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        var children = names.Select(name => Start(Restore, [name], $"restore-{name}")).ToArray();
        var files = names.Select(name => Path.Combine(folder, $"{name}.times")).ToArray();
        var began = Stopwatch.GetTimestamp();
        while (!files.All(File.Exists))
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(30))
                throw new BenchException($"CRIU does not restore; {folder} has what it says");
            Thread.Sleep(1);
        }

        var times = files.Select(file => File.ReadAllText(file).Split(' ').Select(Seconds).ToArray()).ToArray();
        foreach (var child in children)
            child.Dispose();
        foreach (var file in files)
            File.Delete(file);
        return (times.Max(time => time[1]) - times.Min(time => time[0])) * 1000;
    }

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private Child Start(string script, string[] arguments, string log) => Child.Start(
        Unshare, [.. Alone, script, criu, .. arguments], ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], folder, bench.NewLog($"criu-{log}"));
}
