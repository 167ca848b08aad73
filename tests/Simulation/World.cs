using System.Globalization;
using System.Text;

namespace Thaw.SimulationTests;

/// <summary>Clock, chance and order of a made-up world, all drawn from a seed: same seed, same trace.</summary>
internal sealed class World
{
    private readonly StringBuilder? trace;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private int ids;

    /// <param name="seed">Decides everything.</param>
    /// <param name="isTraced">Text takes a third of the time; whoever needs it lives the same world again.</param>
    public World(int seed, bool isTraced)
    {
        Random = new Random(seed);
        Scheduler = new WorldScheduler(seed % 2 == 0 ? new Random(seed) : null);
        trace = isTraced ? new StringBuilder() : null;
    }

    public Random Random { get; }

    public SimulatedTime Time { get; } = new();

    public WorldScheduler Scheduler { get; }

    /// <summary>What broke a rule that must always hold.</summary>
    public List<string> Violations { get; } = [];

    public string Trace => trace?.ToString() ?? "";

    public bool IsTraced => trace is not null;

    public void Note(string text)
    {
        if (Environment.CurrentManagedThreadId != thread)
            Violations.Add($"escaped to another thread: {text}");
        var milliseconds = Time.GetTimestamp() / (double)TimeSpan.TicksPerMillisecond;
        trace?.Append(CultureInfo.InvariantCulture, $"{milliseconds,10:F1} ").AppendLine(text);
    }

    public void Violate(string what)
    {
        Violations.Add(what);
        Note($"VIOLATION {what}");
    }

    /// <summary>Runs a story of the outside until it is told, jumping over all waiting. False: it never ends.</summary>
    public bool Tell(Func<Task> story, int maxJumps = 10_000)
    {
        var isTold = JumpThrough(story, maxJumps);
        if (Scheduler.ForeignEntries > 0)
            Violate($"{Scheduler.ForeignEntries} steps came from another thread");
        return isTold;
    }

    /// <summary>Runs a story that nobody waits for.</summary>
    public void Launch(Func<Task> story) =>
        _ = Scheduler.RunAsync(story).ContinueWith(Blame, CancellationToken.None, TaskContinuationOptions.None, Scheduler);

    public Task Pause(int maxMilliseconds, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(Random.Next(maxMilliseconds)), Time, stop);

    public Task Forever(CancellationToken stop) => Task.Delay(Timeout.InfiniteTimeSpan, Time, stop);

    public Guid NewId() => new(++ids, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private bool JumpThrough(Func<Task> story, int maxJumps)
    {
        var told = Scheduler.RunAsync(story);
        for (var jumps = 0; ; jumps++)
        {
            Scheduler.RunReady();
            if (told.IsCompleted)
                break;

            // Timers ring inside of the world, as everything: what they wake must not look for a thread elsewhere.
            var jump = Scheduler.Enter(Time.Jump);
            Scheduler.RunReady();
            if (jumps > maxJumps || !(jump.IsFaulted || jump.Result))
                return false;
            Blame(jump);
        }

        Blame(told);
        return true;
    }

    // A fault that nobody was to see is one of ours.
    private void Blame(Task task)
    {
        if (task.Exception is { } fault)
            Violate($"something throws: {fault.GetBaseException()}");
    }
}
