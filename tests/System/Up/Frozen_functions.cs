using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing.Cgroups;

namespace Thaw.SystemTests.Up;

/// <summary>Between two invocations nobody in an environment gets processor time, whatever it would do with it.</summary>
public sealed class Frozen_functions : IDisposable
{
    /// <summary>Never idle; tells for how long it did nothing.</summary>
    private const string Busy = """
        let count = 0, gap = 0, last = Date.now();
        const work = () => {
          const now = Date.now();
          gap = Math.max(gap, now - last);
          last = now;
          setImmediate(work);
        };
        work();
        export const handler = async (event) => {
          // The event may be the first thing that is seen after a pause.
          const now = Date.now();
          const answer = { count: ++count, pid: process.pid, gap: Math.max(gap, now - last) };
          [gap, last] = [0, now];
          return answer;
        };
        """;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly FunctionsFolder functions = new FunctionsFolder().Node("busy", Busy, memory: 1_769);

    public void Dispose() => functions.Dispose();

    [Fact, Trait("Spec", "ENV-013"), Trait("Spec", "ENV-014")]
    public async Task Use_no_processor_between_invocations_and_go_on_as_the_same_process()
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root makes sandboxes of namespaces");
        var groups = ControlGroups.Find();
        Assert.SkipWhen(groups.WhyNot is not null, groups.WhyNot ?? "");
        await using var daemon = await RunningDaemon.StartAsync(functions, "--isolation", "namespaces");
        await daemon.HasSandboxesReadyAsync();
        var first = (await daemon.InvokeAsync("busy")).Succeeded().Json;
        for (var count = 2; count <= 4; count++)
        {
            await FrozenAsync(daemon);
            await daemon.HasSandboxesReadyAsync();
            await Task.Delay(Idle / 10, TestContext.Current.CancellationToken);
            var before = ProcessorTicksBelow(daemon);
            await Task.Delay(Idle, TestContext.Current.CancellationToken);
            Assert.Equal(before, ProcessorTicksBelow(daemon));

            var answer = (await daemon.InvokeAsync("busy")).Succeeded().Json;
            Assert.Equal(count, answer.GetProperty("count").GetInt32());
            Assert.Equal(first.GetProperty("pid").GetInt32(), answer.GetProperty("pid").GetInt32());
            Assert.True(answer.GetProperty("gap").GetInt32() >= Idle.TotalMilliseconds, $"it went on meanwhile: {answer}");
        }
    }

    private static Task FrozenAsync(RunningDaemon daemon) => daemon.UntilAsync(
        async () => (await daemon.EnvironmentsAsync("busy")).All(one => one.GetProperty("state").GetString() == "Frozen"), "it is frozen");

    private static long ProcessorTicksBelow(RunningDaemon daemon) => ProcessTree.DescendantsOf(daemon.Pid).Sum(ProcessorTicks);

    // utime and stime, behind the name, which may have blanks: proc_pid_stat(5).
    private static long ProcessorTicks(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(words[11], CultureInfo.InvariantCulture) + long.Parse(words[12], CultureInfo.InvariantCulture);
    }
}
