using Thaw.Store.Records;

namespace Thaw.Store.Archive;

/// <summary>Code that is kept as long as this is not disposed of, even when no record refers to it.</summary>
public interface IHeldCode : IDisposable
{
    CodeReference Code { get; }
}
