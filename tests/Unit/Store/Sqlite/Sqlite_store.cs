using Microsoft.Data.Sqlite;
using Thaw.Store;
using Thaw.Store.Records;
using Thaw.Store.Sqlite;
using Thaw.Testing;

namespace Thaw.UnitTests.Store.Sqlite;

public sealed class Sqlite_store : StoreContract
{
    private readonly TemporaryFolder folder = new();

    private string File => Path.Combine(folder.Path, SqliteFile.Name);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Keeps_everything_when_it_is_opened_again()
    {
        await PutAsync(Tables.Aliases, Alias("a"));
        var number = await Store.WriteAsync(view => view.NextNumber());
        await ReopenAsync();
        Assert.Equal("a", Assert.Single(await ListAsync()).Name);
        Assert.True(await Store.WriteAsync(view => view.NextNumber()) > number);
    }

    [Fact]
    public async Task Does_what_waits_before_it_closes()
    {
        Task[] changes = [.. Enumerable.Range(0, 6_000).Select(index => PutAsync(Tables.Aliases, Alias($"{index}")))];
        await ReopenAsync();
        var done = 0;
        foreach (var change in changes)
            done += await Task.WhenAny(change) is { IsCompletedSuccessfully: true } ? 1 : 0;
        Assert.Equal(done, await Store.ReadAsync(view => view.Count(Tables.Aliases, Function)));
    }

    [Fact]
    public async Task Refuses_work_when_it_is_closed()
    {
        await Store.DisposeAsync();
        await Assert.ThrowsAsync<StoreException>(() => PutAsync(Tables.Aliases, Alias("a")));
        await Assert.ThrowsAsync<StoreException>(ListAsync);
    }

    [Fact]
    public async Task Is_one_process_s_own()
    {
        var second = await Assert.ThrowsAsync<StoreException>(() => SqliteStore.OpenAsync(folder.Path));
        Assert.Contains($"(pid {Environment.ProcessId})", second.Message, StringComparison.Ordinal);
        Assert.Contains("--data", second.Message, StringComparison.Ordinal);
        await ReopenAsync();
    }

    [Fact]
    public async Task Says_which_directory_it_cannot_make()
    {
        var file = folder.Write("file");
        var refusal = await Assert.ThrowsAsync<StoreException>(() => SqliteStore.OpenAsync(Path.Combine(file, "data")));
        Assert.Contains("cannot be written to", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_file_of_a_newer_version_and_leaves_it_as_it_is()
    {
        await PutAsync(Tables.Aliases, Alias("a"));
        await Store.DisposeAsync();
        Say("PRAGMA user_version = 1000");
        var refusal = await Assert.ThrowsAsync<StoreException>(() => SqliteStore.OpenAsync(folder.Path));
        Assert.Contains("newer version of Thaw (its schema is 1000", refusal.Message, StringComparison.Ordinal);
        Say("PRAGMA user_version = 1");
        await ReopenAsync();
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Makes_the_table_of_a_new_kind_of_record()
    {
        await Store.DisposeAsync();
        Say("DROP TABLE aliases");
        await ReopenAsync();
        await PutAsync(Tables.Aliases, Alias("a"));
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Says_when_its_file_is_none_of_its_own()
    {
        await Store.DisposeAsync();
        System.IO.File.WriteAllText(File, string.Concat(Enumerable.Repeat("This is a letter to my aunt. ", 10)));
        var refusal = await Assert.ThrowsAsync<StoreException>(() => SqliteStore.OpenAsync(folder.Path));
        Assert.Contains("is damaged", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_when_pages_are_damaged()
    {
        for (var index = 0; index < 1_000; index++)
            await PutAsync(Tables.Aliases, Alias($"{index}"));
        await Store.DisposeAsync();
        using (var bytes = new FileStream(File, FileMode.Open))
        {
            bytes.Position = 4096;
            bytes.Write(Enumerable.Repeat((byte)0xA5, (int)(bytes.Length - 4096)).ToArray());
        }

        var refusal = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await ReopenAsync();
            await ListAsync();
        });
        Assert.Contains("is damaged", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_when_a_record_is_damaged()
    {
        await PutAsync(Tables.Aliases, Alias("a"));
        await Store.DisposeAsync();
        Say("UPDATE aliases SET record = x'7b'");
        await ReopenAsync();
        Assert.Contains("aliases", (await Assert.ThrowsAsync<StoreException>(ListAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_nothing_by_what_has_no_room_and_goes_on()
    {
        await Store.DisposeAsync();
        Store = await SqliteStore.OpenAsync(folder.Path, pages: 100);
        await PutAsync(Tables.Aliases, Alias("a"));

        // All at once, so that they share transactions: those that fit must not go with the one that does not.
        var large = Store.WriteAsync(view =>
        {
            view.Remove(Tables.Aliases, new(Function, "a"));
            view.Put(Tables.Aliases, Alias("large", version: new string('x', 1_000_000)));
            return 0;
        });
        Task[] small = [.. Enumerable.Range(0, 20).Select(index => PutAsync(Tables.Layers, new LayerRecord($"{index}", 1)))];

        var refusal = await Assert.ThrowsAsync<StoreException>(() => large);
        Assert.Contains("no room left on the disk", refusal.Message, StringComparison.Ordinal);
        await Task.WhenAll(small);
        Assert.Equal(20, await Store.ReadAsync(view => view.Count(Tables.Layers, "")));
        Assert.Equal("a", Assert.Single(await ListAsync()).Name);
    }

    protected override async Task<IStore> OpenAsync() => await SqliteStore.OpenAsync(folder.Path);

    private async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await OpenAsync();
    }

    private void Say(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // This test's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
