namespace Thaw.Sandboxing.Storage;

/// <summary>The ready images of one size, and the template for more. Not for several at a time, but for <see cref="Make"/>.</summary>
internal sealed class TmpShelf(Func<ITmpTemplate> source) : IDisposable
{
    private readonly Queue<TmpImage> ready = [];
    private readonly Lock making = new();
    private ITmpTemplate? template;
    private bool disposed;

    internal int Count => ready.Count;

    internal TmpImage? Take() => ready.TryDequeue(out var image) ? image : null;

    internal void Add(TmpImage image) => ready.Enqueue(image);

    /// <summary>One more, now; the first one makes the template too.</summary>
    internal TmpImage Make()
    {
        ITmpTemplate from;
        lock (making)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            from = template ??= source();
        }

        return from.Copy();
    }

    public void Dispose()
    {
        lock (making)
        {
            disposed = true;
            template?.Dispose();
        }

        while (Take() is { } image)
            image.Dispose();
    }
}
