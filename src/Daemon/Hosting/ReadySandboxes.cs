using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;

namespace Thaw.Daemon.Hosting;

/// <summary>
/// A few empty sandboxes, made before anybody needs them: a cold start that finds one pays for the runtime and the function alone.
/// <code>
///   TakeAsync ---- the longest ready, or if there is none: a new one, at once
///      |
///      +--- a rest without another take --- one more --- rest --- one more ... until there are enough
/// </code>
/// They are made while nobody starts anything: the start that took one is not to share the processor with its successor's making.
/// </summary>
internal sealed class ReadySandboxes : IAsyncDisposable
{
    /// <summary>Longer than most runtimes take to start.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly ISandboxKind kind;
    private readonly int count;
    private readonly NetworkKind usual;
    private readonly Lock gate = new();
    private readonly Queue<IEmptySandbox> ready = [];
    private readonly ITimer timer;
    private Task filling = Task.CompletedTask;
    private bool isDisposed;

    /// <param name="kind">It is disposed of with this.</param>
    /// <param name="count">How many wait; 0 for none.</param>
    /// <param name="usual">What those that wait see of the network.</param>
    /// <param name="time">Tells when to make the next.</param>
    public ReadySandboxes(ISandboxKind kind, int count, NetworkKind usual, TimeProvider time)
    {
        (this.kind, this.count, this.usual) = (kind, count, usual);
        timer = time.CreateTimer(_ => Fill(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (gate)
            FillAfterRest();
    }

    public string Name => kind.Name;

    public ISandboxKind Kind => kind;

    /// <summary>How many wait now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return ready.Count;
        }
    }

    /// <exception cref="SandboxException">There is none to be had, here and now.</exception>
    public async Task<IEmptySandbox> TakeAsync(NetworkKind network)
    {
        while (network == usual)
        {
            IEmptySandbox? found;
            lock (gate)
            {
                ready.TryDequeue(out found);
                FillAfterRest();
            }

            if (found is null)
                break;
            if (!found.IsBroken)
                return found;
            await found.DisposeAsync();
        }

        return await kind.MakeAsync(network);
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
            isDisposed = true;
        await timer.DisposeAsync();
        await filling;
        foreach (var each in ready)
            await each.DisposeAsync();
        await kind.DisposeAsync();
    }

    private void FillAfterRest()
    {
        if (!isDisposed && ready.Count < count)
            timer.Change(Rest, Timeout.InfiniteTimeSpan);
    }

    private void Fill()
    {
        lock (gate)
        {
            if (!filling.IsCompleted)
                FillAfterRest();
            else if (!isDisposed && ready.Count < count)
                filling = Task.Run(MakeOneAsync);
        }
    }

    private async Task MakeOneAsync()
    {
        try
        {
            var made = await kind.MakeAsync(usual);
            lock (gate)
                ready.Enqueue(made);
        }
        catch (SandboxException)
        {
            // Whoever needs one will hear of it, and the next take brings another try.
            return;
        }

        lock (gate)
            FillAfterRest();
    }
}
