using Thaw.Store.Records;

namespace Thaw.Store.Archive;

/// <summary>Which code must not be collected, though no record refers to it.</summary>
internal sealed class CodeHolds
{
    private readonly Lock inUse = new();
    private readonly Dictionary<string, int> holders = [];
    private HashSet<string>? sinceBegin;

    /// <summary>Holds it until the answer is called.</summary>
    public Action Hold(string name)
    {
        lock (inUse)
        {
            holders[name] = holders.GetValueOrDefault(name) + 1;
            sinceBegin?.Add(name);
        }

        var released = 0;
        return () =>
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
                Release(name);
        };
    }

    /// <summary>A collection begins: what is held from now on is not in the records that it is about to read.</summary>
    public void Begin()
    {
        lock (inUse)
            sinceBegin = [.. holders.Keys];
    }

    /// <summary>Does something to code that nobody has held since the collection began; nobody can hold it meanwhile.</summary>
    public void IfFree(string name, Action remove)
    {
        lock (inUse)
        {
            if (sinceBegin?.Contains(name) == false)
                remove();
        }
    }

    private void Release(string name)
    {
        lock (inUse)
        {
            if (--holders[name] == 0)
                holders.Remove(name);
        }
    }
}

internal sealed class HeldCode(CodeReference code, Action release) : IHeldCode
{
    public CodeReference Code => code;

    public void Dispose() => release();
}
