using System.Diagnostics;
using System.Globalization;
using Thaw.Bench.RowInserter;
using Thaw.Store;
using Thaw.Store.Records;
using Thaw.Store.Sqlite;

// The least that keeping events can cost: inserts the rows that Thaw would insert, made beforehand, into the table that Thaw would insert
// them into, by one prepared statement.
//
//   row-inserter FOLDER COUNT ROWS_AT_ONCE EVENT_BYTES
//
// Says how many rows it inserted in a second. The store makes the file and its tables.
var (folder, count, atOnce, eventBytes) = (args[0], Number(args[1]), Number(args[2]), Number(args[3]));
await (await SqliteStore.OpenAsync(folder)).DisposeAsync();
var rows = Enumerable.Range(1, count).Select(NewRow).ToArray();
using var file = new RowFile(Path.Combine(folder, "thaw.db"), Tables.Events.Name);
var began = Stopwatch.GetTimestamp();
foreach (var some in rows.Chunk(atOnce))
{
    file.Begin();
    foreach (var (key, record) in some)
        file.Insert(key.Partition, key.Name, record);
    file.Commit();
}

var perSecond = count / Stopwatch.GetElapsedTime(began).TotalSeconds;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"row-inserter: {perSecond:0} rows a second"));

(RecordKey Key, byte[] Record) NewRow(int number)
{
    var payload = new byte[eventBytes];
    payload.AsSpan().Fill((byte)'x');
    var row = new QueuedEvent
    {
        DueAt = QueuedEvent.AtOnce,
        Number = number,
        RequestId = Guid.NewGuid().ToString(),
        Function = "noting",
        AcceptedAt = DateTimeOffset.UtcNow,
        Payload = payload,
    };
    return (Tables.Events.KeyOf(row), Tables.Events.Write(row));
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
