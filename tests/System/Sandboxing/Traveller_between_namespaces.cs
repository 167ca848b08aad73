using Thaw.Linux;
using Thaw.Sandboxing.Namespaces;

namespace Thaw.SystemTests.Sandboxing;

public sealed class Traveller_between_namespaces
{
    // .NET begins threads for its pool in whatever thread has something for it, and such a one shares the root of who began it.
    [Fact]
    public async Task Goes_on_travelling_after_a_thread_was_begun_by_it()
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root goes into other namespaces");
        var traveller = new Traveller(Syscalls.CLONE_NEWNS);
        using var here = Traveller.Open(Environment.ProcessId, "mnt");
        var end = new TaskCompletionSource();
        var threads = new ThreadForEach(end.Task);
        var stop = TestContext.Current.CancellationToken;
        await traveller.VisitAsync(here, () => true).ContinueWith(_ => { }, stop, TaskContinuationOptions.None, threads).InTimeAsync();
        try
        {
            Assert.True(await traveller.VisitAsync(here, () => true).InTimeAsync());
        }
        finally
        {
            end.SetResult();
        }
    }

    /// <summary>Begins threads that stay, each in the thread that has something for it.</summary>
    private sealed class ThreadForEach(Task end) : TaskScheduler
    {
        protected override void QueueTask(Task task)
        {
            var thread = new Thread(() =>
            {
                TryExecuteTask(task);
                end.Wait();
            });
            thread.IsBackground = true;
            thread.Start();
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
