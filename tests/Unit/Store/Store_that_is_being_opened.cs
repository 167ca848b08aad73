using Thaw.Store;
using Thaw.Store.Memory;
using Thaw.Store.Records;

namespace Thaw.UnitTests.Store;

public sealed class Store_that_is_being_opened
{
    private readonly TaskCompletionSource<IStore> opening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Serves_who_came_before_it_was_open()
    {
        await using var store = new OpeningStore(opening.Task);
        var changes = new List<StoreChange>();
        store.Changed += changes.Add;
        var written = store.WriteAsync(view =>
        {
            view.Put(Tables.Layers, new LayerRecord("a", 1));
            return true;
        });
        Assert.False(written.IsCompleted);
        opening.SetResult(new MemoryStore());
        Assert.True(await written);
        Assert.Equal("a", (await store.ReadAsync(view => view.List(Tables.Layers, "")))[0].Name);
        Assert.Equal(Tables.Layers.Name, Assert.Single(changes).Table);
    }

    [Fact]
    public async Task Fails_with_the_reason_why_it_cannot_be_opened()
    {
        await using var store = new OpeningStore(opening.Task);
        opening.SetException(new StoreException("as asked"));
        await Assert.ThrowsAsync<StoreException>(() => store.Opened);
        await Assert.ThrowsAsync<StoreException>(() => store.ReadAsync(_ => 1));
    }
}
