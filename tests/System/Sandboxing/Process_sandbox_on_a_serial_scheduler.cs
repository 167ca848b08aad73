using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>A lifecycle runs on a scheduler that does what it is given at once, on the thread that gives it.</summary>
public sealed class Process_sandbox_on_a_serial_scheduler
{
    [Fact]
    public async Task Answers_every_question_however_the_askers_meet()
    {
        await using var sandbox = await NewSandboxAsync();
        var serial = new Serial();
        for (var round = 0; round < 300; round++)
        {
            List<Task> asked = [];
            for (var i = 0; i < 4; i++)
            {
                asked.Add(Task.Run(sandbox.FlushOutputAsync, TestContext.Current.CancellationToken));
                asked.Add(serial.RunAsync(sandbox.FlushOutputAsync));
            }

            await Task.WhenAll(asked).InTimeAsync();
        }
    }

    private sealed class Serial : TaskScheduler
    {
        private readonly Queue<Task> queue = [];
        private bool draining;

        public Task RunAsync(Func<Task> story) =>
            Task.Factory.StartNew(story, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

        protected override void QueueTask(Task task)
        {
            lock (queue)
            {
                queue.Enqueue(task);
                if (draining)
                    return;

                draining = true;
            }

            while (Next() is { } next)
                TryExecuteTask(next);
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];

        private Task? Next()
        {
            lock (queue)
                return (draining = queue.TryDequeue(out var next)) ? next : null;
        }
    }
}
