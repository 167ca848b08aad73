using Thaw.Cli.Run;
using Thaw.Contracts;

namespace Thaw.UnitTests.Cli;

public sealed class Queueing_observer : IDisposable
{
    private const int More = 1_000;

    private readonly QueueingObserver observer = new();

    public void Dispose() => observer.Dispose();

    [Fact]
    public async Task Holds_up_output_that_nobody_reads_but_not_the_lifecycle()
    {
        var printing = Task.Run(
            () =>
            {
                for (var count = 0; count < More; count++)
                    observer.Printed(default, "function", "line");
            },
            TestContext.Current.CancellationToken);
        for (var count = 0; count < More; count++)
            observer.Happened(new PhaseStarted(Phase.Init, Suppressed: false, null));
        Assert.False(printing.IsCompleted);

        var (lines, events) = (0, 0);
        while (lines < More || events < More)
        {
            Assert.True(await observer.WaitToReadAsync());
            while (observer.TryRead(out var output))
                _ = output is RunOutput.LogLine ? lines++ : events++;
        }

        await printing;
    }
}
