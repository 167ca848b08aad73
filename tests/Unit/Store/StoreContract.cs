using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.UnitTests.Store;

/// <summary>What every store must do.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    protected const string Function = "f";

    protected IStore Store { get; set; } = null!;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Finds_what_was_put_in_each_member()
    {
        var queued = new QueuedEvent
        {
            DueAt = 7,
            Number = 1,
            RequestId = "id",
            Function = Function,
            AcceptedAt = DateTimeOffset.UnixEpoch.AddTicks(1234567),
            Attempts = 2,
            Payload = Enumerable.Range(0, 1_000_000).Select(index => (byte)index).ToArray(),
        };
        await PutAsync(Tables.Events, queued);
        var found = await Store.ReadAsync(view => view.Find(Tables.Events, Tables.EventKey(queued)));
        Assert.Equal(queued with { Payload = default }, found! with { Payload = default });
        Assert.Equal(queued.Payload.ToArray(), found.Payload.ToArray());
    }

    [Fact]
    public async Task Finds_nothing_where_nothing_lies()
    {
        await PutAsync(Tables.Aliases, Alias("a"));
        Assert.Null(await Store.ReadAsync(view => view.Find(Tables.Aliases, new(Function, "b"))));
        Assert.Null(await Store.ReadAsync(view => view.Find(Tables.Aliases, new("g", "a"))));
        Assert.Null(await Store.ReadAsync(view => view.Find(Tables.EventInvokes, new(Function, "a"))));
    }

    [Fact]
    public async Task Puts_a_record_in_the_place_of_another()
    {
        await PutAsync(Tables.Aliases, Alias("a", version: "1"));
        await PutAsync(Tables.Aliases, Alias("a", version: "2"));
        Assert.Equal("2", Assert.Single(await ListAsync()).FunctionVersion);
    }

    [Fact]
    public async Task Lists_a_partition_byte_by_byte()
    {
        string[] names = ["", "$LATEST", "0", "B", "a", "a-", "a0", "aa", "b", "ä", "한"];
        foreach (var name in names.Reverse())
            await PutAsync(Tables.Aliases, Alias(name));
        await PutAsync(Tables.Aliases, Alias("a", "another"));
        Assert.Equal(names, (await ListAsync()).Select(alias => alias.Name));
    }

    [Fact]
    public async Task Lists_in_pages()
    {
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            await PutAsync(Tables.Aliases, Alias(name));
        Assert.Equal(["a", "b"], await PageAsync(null));
        Assert.Equal(["c", "d"], await PageAsync("b"));
        Assert.Equal(["d", "e"], await PageAsync("c, which was removed meanwhile"));
        Assert.Empty(await PageAsync("e"));
    }

    [Fact]
    public async Task Knows_its_partitions_and_what_they_hold()
    {
        foreach (var function in new[] { "b", "", "a" })
            await PutAsync(Tables.Aliases, Alias("one", function));
        await PutAsync(Tables.Aliases, Alias("two", "b"));
        Assert.Equal(["", "a", "b"], await Store.ReadAsync(view => view.Partitions(Tables.Aliases)));
        Assert.Empty(await Store.ReadAsync(view => view.Partitions(Tables.Policies)));
        Assert.Equal(2, await Store.ReadAsync(view => view.Count(Tables.Aliases, "b")));
        Assert.Equal(0, await Store.ReadAsync(view => view.Count(Tables.Aliases, "c")));
    }

    [Fact]
    public async Task Removes()
    {
        foreach (var name in new[] { "a", "b", "c" })
            await PutAsync(Tables.Aliases, Alias(name));
        Assert.True(await Store.WriteAsync(view => view.Remove(Tables.Aliases, new(Function, "b"))));
        Assert.False(await Store.WriteAsync(view => view.Remove(Tables.Aliases, new(Function, "b"))));
        Assert.Equal(["a", "c"], (await ListAsync()).Select(alias => alias.Name));
        Assert.Equal(2, await Store.WriteAsync(view => view.RemoveAll(Tables.Aliases, Function)));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Shows_a_change_its_own_alterations()
    {
        await PutAsync(Tables.Aliases, Alias("b"));
        var seen = await Store.WriteAsync(view =>
        {
            view.Put(Tables.Aliases, Alias("a"));
            view.Put(Tables.Aliases, Alias("c"));
            view.Remove(Tables.Aliases, new(Function, "b"));
            return (
                Names: view.List(Tables.Aliases, Function).Select(alias => alias.Name).ToArray(),
                Count: view.Count(Tables.Aliases, Function),
                Partitions: view.Partitions(Tables.Aliases),
                Removed: view.Find(Tables.Aliases, new(Function, "b")));
        });
        Assert.Equal(["a", "c"], seen.Names);
        Assert.Equal((2L, (AliasRecord?)null), (seen.Count, seen.Removed));
        Assert.Equal([Function], seen.Partitions);
    }

    [Fact]
    public async Task Undoes_a_change_that_throws_and_tells_its_caller()
    {
        await PutAsync(Tables.Aliases, Alias("a"));
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => Store.WriteAsync<int>(view =>
        {
            view.RemoveAll(Tables.Aliases, Function);
            view.Put(Tables.Aliases, Alias("b"));
            throw new InvalidDataException("mine");
        }));
        Assert.Equal("mine", thrown.Message);
        Assert.Equal(["a"], (await ListAsync()).Select(alias => alias.Name));
    }

    [Fact]
    public async Task Hands_on_what_a_read_throws_and_reads_on()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.ReadAsync<int>(_ => throw new InvalidDataException()));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Takes_changes_of_32_writers_though_some_of_them_throw()
    {
        await PutAsync(Tables.Layers, new LayerRecord("count", 0));
        var writers = Enumerable.Range(0, 32).Select(async writer =>
        {
            for (var turn = 0; turn < 25; turn++)
                await CountAsync(fails: (writer + turn) % 5 == 0);
        });
        await Task.WhenAll(writers);
        Assert.Equal(640, (await Store.ReadAsync(view => view.Find(Tables.Layers, new("", "count"))))!.LastVersion);

        async Task CountAsync(bool fails)
        {
            var counting = Store.WriteAsync(view =>
            {
                var count = view.Find(Tables.Layers, new("", "count"))!;
                view.Put(Tables.Layers, count with { LastVersion = count.LastVersion + 1 });
                return fails ? throw new InvalidDataException() : 0;
            });
            if (fails)
                await Assert.ThrowsAsync<InvalidDataException>(() => counting);
            else
                await counting;
        }
    }

    [Fact]
    public async Task Shows_a_read_one_moment()
    {
        await PutAsync(Tables.Layers, new LayerRecord("a", 0));
        await PutAsync(Tables.Layers, new LayerRecord("z", 0));
        var writing = MoveAsync();
        while (!writing.IsCompleted)
            Assert.Equal(0, await Store.ReadAsync(view => view.List(Tables.Layers, "").Sum(layer => layer.LastVersion)));
        await writing;

        async Task MoveAsync()
        {
            for (var turn = 1; turn <= 100; turn++)
            {
                await Store.WriteAsync(view =>
                {
                    view.Put(Tables.Layers, new LayerRecord("a", turn));
                    view.Put(Tables.Layers, new LayerRecord("z", -turn));
                    return 0;
                });
            }
        }
    }

    [Fact]
    public async Task Tells_what_changed_in_order_and_before_the_writer_hears()
    {
        var told = new List<StoreChange>();
        Store.Changed += told.Add;
        await Store.WriteAsync(view =>
        {
            view.Put(Tables.Aliases, Alias("a"));
            view.Put(Tables.Aliases, Alias("b"));
            view.Put(Tables.Layers, new LayerRecord("l", 1));
            return 0;
        });
        Assert.Equal([new("aliases", Function), new("layers", "")], told);
        told.Clear();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Store.WriteAsync(view =>
        {
            var number = view.NextNumber();
            view.Put(Tables.Aliases, Alias("a", $"{number:D10}"));
            return number;
        })));
        Assert.Equal(50, told.Count);
        Assert.Equal(told.OrderBy(change => change.Partition, StringComparer.Ordinal), told);
    }

    [Fact]
    public async Task Tells_nothing_of_what_did_not_change()
    {
        var told = new List<StoreChange>();
        Store.Changed += told.Add;
        await Store.WriteAsync(view => view.Remove(Tables.Aliases, new(Function, "a")));
        await Store.WriteAsync(view => view.RemoveAll(Tables.Aliases, Function));
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.WriteAsync<int>(view =>
        {
            view.Put(Tables.Aliases, Alias("a"));
            throw new InvalidDataException();
        }));
        Assert.Empty(told);
    }

    [Fact]
    public async Task Gives_each_number_once_and_larger_ones_later()
    {
        var numbers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Store.WriteAsync(view => view.NextNumber())));
        Assert.Equal(100, numbers.Distinct().Count());
        Assert.All(numbers, number => Assert.True(number > 0));
        var more = await Store.WriteAsync(view => new[] { view.NextNumber(), view.NextNumber() });
        Assert.True(numbers.Max() < more[0] && more[0] < more[1]);
    }

    protected abstract Task<IStore> OpenAsync();

    protected static AliasRecord Alias(string name, string function = Function, string version = "1") =>
        new() { Function = function, Name = name, FunctionVersion = version, RevisionId = "r" };

    protected Task PutAsync<TRecord>(Table<TRecord> table, TRecord record)
        where TRecord : class => Store.WriteAsync(view =>
        {
            view.Put(table, record);
            return 0;
        });

    protected Task<IReadOnlyList<AliasRecord>> ListAsync() => Store.ReadAsync(view => view.List(Tables.Aliases, Function));

    private Task<string[]> PageAsync(string? after) => Store.ReadAsync(view => view.List(Tables.Aliases, Function, after, 2)
        .Select(alias => alias.Name).ToArray());
}
