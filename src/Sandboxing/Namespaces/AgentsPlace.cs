using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// Whom the kernel kills first for want of memory, where the agent cannot see to it itself: what it needs for that is outside of the
/// sandbox, and would not fit in a snapshot. A process has the place from its birth that the agent has at that moment.
/// </summary>
/// <param name="agent">On the machine.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle.")]
internal sealed class AgentsPlace(int agent)
{
    private const string Children = "500", Agent = "0";

    private readonly SemaphoreSlim oneAtATime = new(1, 1);

    /// <summary>Until it is disposed of, whom the agent starts goes first.</summary>
    internal async Task<IDisposable> LowerAsync()
    {
        await oneAtATime.WaitAsync().ConfigureAwait(false);
        Write(Children);
        return new Lowered(this);
    }

    private void Write(string place)
    {
        try
        {
            File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{agent}/oom_score_adj"), place);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The agent is; or the daemon itself has a higher place, and then all are equal.
        }
    }

    private sealed class Lowered(AgentsPlace place) : IDisposable
    {
        public void Dispose()
        {
            place.Write(Agent);
            place.oneAtATime.Release();
        }
    }
}
