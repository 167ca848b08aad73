using Thaw.Store;
using Thaw.Store.Memory;

namespace Thaw.UnitTests.Store.Memory;

public sealed class Memory_store : StoreContract
{
    protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}
