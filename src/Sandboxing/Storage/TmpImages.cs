using Thaw.Linux;

namespace Thaw.Sandboxing.Storage;

/// <summary>
/// Images for /tmp that wait ready, a few of each size that was asked for lately; what is taken is made up for in the background, one at
/// a time. May be used by many at a time. Disposal gives all back that nobody has taken.
/// </summary>
public sealed class TmpImages : IAsyncDisposable
{
    private readonly TmpImagesOptions options;
    private readonly Func<int, ITmpTemplate> source;
    private readonly TimeProvider time;
    private readonly Action<SandboxException> failed;
    private readonly DiskRoom room;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();

    // The size that was asked for last stands last.
    private readonly List<(int Megabytes, TmpShelf Shelf)> shelves = [];
    private Task refilling = Task.CompletedTask;
    private bool refills;

    /// <param name="options">Its folder is made if it is not there.</param>
    /// <param name="time">For pauses after a failure.</param>
    /// <param name="failed">Is told the first of several failures in a row to make one ready.</param>
    public TmpImages(TmpImagesOptions options, TimeProvider time, Action<SandboxException> failed)
        : this(options, time, failed, megabytes => TmpTemplate.Make(options.Directory, options.Owner, megabytes))
    {
    }

    internal TmpImages(
        TmpImagesOptions options, TimeProvider time, Action<SandboxException> failed, Func<int, ITmpTemplate> source)
    {
        (this.options, this.time, this.failed, this.source) = (options, time, failed, source);
        Directory.CreateDirectory(options.Directory);
        room = new DiskRoom(options.Directory, options.LeastFreeBytes);
    }

    /// <summary>A ready one, else one that is made now. It is the caller's.</summary>
    /// <param name="megabytes"><see cref="TmpImage.MinMegabytes"/> to <see cref="TmpImage.MaxMegabytes"/>.</param>
    /// <exception cref="SandboxException">The machine cannot make one, or the disk has too little room.</exception>
    public async ValueTask<TmpImage> TakeAsync(int megabytes)
    {
        CheckSize(megabytes);
        room.Check();
        while (true)
        {
            TmpShelf shelf;
            lock (gate)
            {
                shelf = ShelfFor(megabytes);
                var ready = shelf.Take();
                Refill(options.RefillAfter);
                if (ready is not null)
                    return ready;
            }

            try
            {
                return await Task.Run(() => Translated(shelf.Make));
            }
            catch (ObjectDisposedException) when (!stop.IsCancellationRequested)
            {
                // Its shelf had to make room for that of another size.
            }
        }
    }

    /// <summary>
    /// Finds out, by making one, whether this machine can: many a container has no loop devices. A disk that is full now says nothing
    /// about it.
    /// </summary>
    /// <exception cref="SandboxException">It cannot.</exception>
    public async Task TryAsync()
    {
        TmpShelf shelf;
        lock (gate)
            shelf = ShelfFor(TmpImage.MinMegabytes);
        try
        {
            (await Task.Run(() => Translated(shelf.Make))).Dispose();
        }
        catch (SandboxException) when (room.IsFull)
        {
            // Later, perhaps.
        }
    }

    /// <summary>Begins to make images of a size ready, before the first one is wanted.</summary>
    public void Prepare(int megabytes)
    {
        CheckSize(megabytes);
        lock (gate)
        {
            ShelfFor(megabytes);
            Refill(TimeSpan.Zero);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
            stop.Cancel();
        await refilling;
        lock (gate)
        {
            foreach (var (_, shelf) in shelves)
                shelf.Dispose();
            shelves.Clear();
        }
    }

    private static void CheckSize(int megabytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(megabytes, TmpImage.MinMegabytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(megabytes, TmpImage.MaxMegabytes);
    }

    private static TmpImage Translated(Func<TmpImage> make)
    {
        try
        {
            return make();
        }
        catch (Exception failure) when (failure is LinuxException or IOException)
        {
            throw new SandboxException($"No file system for /tmp can be made: {failure.Message}", failure);
        }
    }

    private TmpShelf ShelfFor(int megabytes)
    {
        ObjectDisposedException.ThrowIf(stop.IsCancellationRequested, this);
        var at = shelves.FindIndex(one => one.Megabytes == megabytes);
        var shelf = at >= 0 ? shelves[at].Shelf : new TmpShelf(() => source(megabytes));
        if (at >= 0)
            shelves.RemoveAt(at);
        shelves.Add((megabytes, shelf));
        if (shelves.Count > options.Sizes)
        {
            shelves[0].Shelf.Dispose();
            shelves.RemoveAt(0);
        }

        return shelf;
    }

    private void Refill(TimeSpan after)
    {
        if (refills || shelves.TrueForAll(one => one.Shelf.Count >= options.Ready))
            return;
        refills = true;
        refilling = Task.Run(() => RefillAsync(after));
    }

    private async Task RefillAsync(TimeSpan after)
    {
        await RestAsync(after);
        for (var failures = 0; Wanting() is { } shelf;)
        {
            try
            {
                room.Check();
                Add(shelf, Translated(shelf.Make));
                failures = 0;
            }
            catch (ObjectDisposedException)
            {
                // It is another size's turn.
            }
            catch (SandboxException failure)
            {
                if (failures++ == 0)
                    failed(failure);
                await RestAsync(options.RetryAfter);
            }
        }
    }

    private Task RestAsync(TimeSpan pause) => Task.Delay(pause, time, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    private TmpShelf? Wanting()
    {
        lock (gate)
        {
            var shelf = stop.IsCancellationRequested ? null : shelves.FindLast(one => one.Shelf.Count < options.Ready).Shelf;
            refills = shelf is not null;
            return shelf;
        }
    }

    private void Add(TmpShelf shelf, TmpImage image)
    {
        lock (gate)
        {
            if (!stop.IsCancellationRequested && shelves.Exists(one => one.Shelf == shelf))
                shelf.Add(image);
            else
                image.Dispose();
        }
    }
}
