using Thaw.Sandboxing;

namespace Thaw.UnitTests.Environments;

/// <summary>Writes down what is asked of it; each of its steps may take time, or fail.</summary>
internal sealed class FakeFreezable : IFreezable
{
    private readonly Lock gate = new();
    private readonly List<string> asked = [];

    public bool CanFreeze { get; init; } = true;

    /// <summary>Runs within a freeze, before its call returns.</summary>
    public Action WhileFreezing { get; set; } = () => { };

    /// <summary>When all stand still.</summary>
    public Task Standing { get; set; } = Task.CompletedTask;

    public Task Thawing { get; set; } = Task.CompletedTask;

    /// <summary>A word per call.</summary>
    public string Asked
    {
        get
        {
            lock (gate)
                return string.Join(' ', asked);
        }
    }

    public ValueTask FreezeAsync()
    {
        Note("freeze");
        WhileFreezing();
        return new(Standing);
    }

    public ValueTask ThawAsync()
    {
        Note("thaw");
        return new(Thawing);
    }

    private void Note(string word)
    {
        lock (gate)
            asked.Add(word);
    }
}
