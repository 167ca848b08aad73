using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Thaw.Linux;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>
/// A function writes many short lines in one invoke: from the request until the last of them can be read by GetLogEvents, against the same
/// function under the floor, until the last of them is in <c>bench/LineRecorder</c>'s file.
/// </summary>
internal sealed class Lines : IMeasurement
{
    private const int Count = 100_000, LineBytes = 40, StampBytes = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Name => "lines";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        var (folder, functions) = bench.CreateFunctions(Name, ("lines", bench.Languages.Native));
        using var daemon = Server.StartDaemon(bench, folder);
        using var thaw = new Client(daemon.Port);

        var recorded = bench.NewLog("recorded-lines");
        var (read, write) = FileDescriptor.Pipe();
        using var recorder = bench.Start(bench.LineRecorder, (read.Number, null, null), recorded);
        using var floor = Server.StartFloor(bench, functions[0], environments: 1, write.Number);
        read.Dispose();
        write.Dispose();
        using var bare = new Client(floor.Port);

        var request = Request.Invoke(functions[0].Name, string.Create(CultureInfo.InvariantCulture, $"{{\"lines\":{Count}}}"));
        var (rounds, bareRounds) = (0, 0);
        var group = $"\"logGroupName\":\"/aws/lambda/{functions[0].Name}\"";
        var stream = "";
        _ = (Thaw(0), Floor(0));
        var duel = Duel.Fight(Name, bench.Options.Rounds, Thaw, Floor);
        CheckAll();
        yield return Row.AtLeast("100,000 lines of 40 bytes, until they can be read", "/s", duel, 0.5);
        daemon.Program.Terminate();

        double Thaw(int round)
        {
            var last = NameOf((++rounds * (long)Count) - 1);
            return PerSecond(thaw, request, () => EndsWith(daemon.Port, stream.Length > 0 ? stream : FindStream(), last));
        }

        double Floor(int round)
        {
            var length = ++bareRounds * (long)Count * (LineBytes - 1 + StampBytes);
            return PerSecond(bare, request, () => new FileInfo(recorded).Length >= length);
        }

        string FindStream() => stream = $"{group},\"logStreamName\":\"{StreamOf(daemon.Port, group)}\"";

        // Nothing is lost on the way: each line of the last round is there, in its order.
        void CheckAll()
        {
            var (expected, token) = ((rounds - 1) * (long)Count, "");
            while (expected < rounds * (long)Count)
            {
                var question = $"{{{stream},\"startFromHead\":true{token}}}";
                using var page = JsonDocument.Parse(Question.AskLogs(daemon.Port, "GetLogEvents", question));
                foreach (var each in page.RootElement.GetProperty("events").EnumerateArray())
                    expected += each.GetProperty("message").GetString()!.StartsWith(NameOf(expected), StringComparison.Ordinal) ? 1 : 0;
                var next = $",\"nextToken\":\"{page.RootElement.GetProperty("nextForwardToken").GetString()}\"";
                if (next == token)
                    throw new BenchException($"the log ends before line {expected}");
                token = next;
            }
        }
    }

    private static string NameOf(long line) => string.Create(CultureInfo.InvariantCulture, $"line {line:D12} ");

    private static string StreamOf(int port, string group)
    {
        using var streams = JsonDocument.Parse(Question.AskLogs(port, "DescribeLogStreams", $"{{{group}}}"));
        return streams.RootElement.GetProperty("logStreams")[0].GetProperty("logStreamName").GetString()!;
    }

    // The last line of an invocation is the last event, or has END and REPORT behind it.
    private static bool EndsWith(int port, string stream, string line)
    {
        using var page = JsonDocument.Parse(Question.AskLogs(port, "GetLogEvents", $"{{{stream},\"limit\":4}}"));
        return page.RootElement.GetProperty("events").EnumerateArray()
            .Any(each => each.GetProperty("message").GetString()!.StartsWith(line, StringComparison.Ordinal));
    }

    private static double PerSecond(Client client, Request request, Func<bool> isReadable)
    {
        var began = Stopwatch.GetTimestamp();
        _ = client.Invoke(request);
        while (!isReadable())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new BenchException($"the lines could not be read within {Patience.TotalSeconds:0} s");
            Thread.Sleep(TimeSpan.FromMicroseconds(200));
        }

        return Count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
