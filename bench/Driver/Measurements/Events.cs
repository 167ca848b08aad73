using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>
/// Event invokes by many clients: how many a daemon accepts in a second, while it runs them too, against <c>bench/RowInserter</c>, which
/// inserts the same rows. Each event must have run before the next round.
/// </summary>
internal sealed class Events : IMeasurement
{
    private const int Count = 20_000, Clients = 32, EventBytes = 1024, RowsAtOnce = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public string Name => "events";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Unpin();
        var (folder, functions) = bench.CreateFunctions(Name, ("noting", bench.Languages.Native));
        var notes = bench.NewLog("notes");
        functions[0].WithVariable("BENCH_NOTES", notes);
        using var daemon = Server.StartDaemon(bench, folder, data: bench.NewFolder($"data-{Name}"));
        using var crowd = new Crowd(daemon.Port, Clients);
        var events = new NumberedEvents(functions[0].Name, EventBytes);
        var (read, drains) = (0L, new List<double>());
        _ = (Accept(0), Insert(0));
        drains.Clear();
        var duel = Duel.Fight(Name, bench.Options.Rounds, Accept, Insert);
        yield return Row.AtLeast("20,000 events of 1 KB by 32 clients, accepted", "/s", duel, 0.1);
        yield return new Row("the same, until each has run", "/s", Statistics.Median(drains), null, null, null, null, []);
        daemon.Program.Terminate();

        double Accept(int round)
        {
            var first = events.Count;
            var began = Stopwatch.GetTimestamp();
            var perSecond = crowd.RequestsPerSecond(events.Request, Count, events.Renumber);
            read = AwaitAll(notes, read, first, began);
            drains.Add(Count / Stopwatch.GetElapsedTime(began).TotalSeconds);
            return perSecond;
        }

        double Insert(int round)
        {
            string[] arguments = [bench.NewFolder("rows"), Text(Count), Text(RowsAtOnce), Text(EventBytes)];
            using var inserter = bench.Start(bench.RowInserter, arguments);
            var said = inserter.AwaitLine("row-inserter: ");
            inserter.AwaitEnd();
            return double.Parse(said.Split(' ')[0], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Reads on until the function has noted each number of the round; returns how far.</summary>
    private static long AwaitAll(string notes, long read, int first, long began)
    {
        var (seen, missing) = (new bool[Count], Count);
        var buffer = new byte[1_000 * NumberedEvents.NoteBytes];
        while (missing > 0)
        {
            var length = 0;
            if (File.Exists(notes))
            {
                using var file = File.OpenHandle(notes, share: FileShare.ReadWrite);
                length = RandomAccess.Read(file, buffer, read);
                length -= length % NumberedEvents.NoteBytes;
            }

            for (var at = 0; at < length; at += NumberedEvents.NoteBytes)
            {
                // Some may run twice.
                if (Utf8Parser.TryParse(buffer.AsSpan(at), out int number, out _) && number >= first && !seen[number - first])
                    (seen[number - first], missing) = (true, missing - 1);
            }

            read += length;
            if (length > 0)
                continue;
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new BenchException($"{missing} of {Count} events have not run within {Patience.TotalSeconds:0} s");
            Thread.Sleep(1);
        }

        return read;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
