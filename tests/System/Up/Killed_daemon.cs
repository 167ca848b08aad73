using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Thaw.SystemTests.Up;

/// <summary>Kills the daemon at any moment, again and again, while events come and functions are deployed.</summary>
public sealed partial class Killed_daemon : IDisposable
{
    private const int SIGKILL = 9, Senders = 4;

    private const string Told = "arn:aws:sqs:us-east-1:000000000000:told";

    // Both files are of one deployment, or of two: then it is torn.
    private const string Handler = """
        import { part } from './part.mjs';
        const whole = 'VERSION';
        export const handler = async (event) => ({ number: event.number, part, whole });
        """;

    private readonly bool full = Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1";
    private readonly FunctionsFolder functions = new();
    private readonly ConcurrentBag<int> accepted = [];
    private readonly Random random = new(5);
    private int last;

    /// <summary>Gets a line with the answer to each event. The daemon forgets an event only when this has it.</summary>
    private string Sink => Path.Combine(functions.Path, "sink");

    public void Dispose() => functions.Dispose();

    [Fact, Trait("Spec", "API-097")]
    public async Task Loses_no_event_and_tears_no_function()
    {
        await File.WriteAllTextAsync(Sink, "", TestContext.Current.CancellationToken);
        var daemon = await StartAsync();
        Assert.Equal(201, (int)(await SendAsync(daemon, HttpMethod.Post, "", Created("worker", "0"))).StatusCode);
        await IsReadyAsync(daemon, "worker");
        (await daemon.CallAsync(HttpMethod.Put, "/2019-09-25/functions/worker/event-invoke-config", $$$$"""
            {"DestinationConfig":{"OnSuccess":{"Destination":"{{{{Told}}}}"}}}
            """)).Succeeded();
        for (var kill = 1; kill <= (full ? 200 : 4); kill++)
        {
            using var dead = new CancellationTokenSource();
            Task[] load =
            [
                DeployAsync(daemon, kill, dead.Token),
                .. Enumerable.Range(0, Senders).Select(_ => SendEventsAsync(daemon, dead.Token)),
            ];
            await Task.Delay(random.Next(20, 1_500), TestContext.Current.CancellationToken);
            daemon.Signal(SIGKILL);
            await daemon.AwaitEndAsync();
            await dead.CancelAsync();
            await Task.WhenAll(load);
            var killed = daemon;

            var starting = Stopwatch.StartNew();
            daemon = await StartAsync();
            Assert.True(!full || starting.Elapsed < TimeSpan.FromSeconds(2), $"it took {starting.Elapsed} to start after kill {kill}");
            await killed.AwaitClearanceByTheNextAsync();
            await killed.DisposeAsync();
            await IsWholeAsync(daemon, kill);
        }

        await using var living = daemon;
        Assert.NotEmpty(accepted);
        await HaveAllRunAsync(daemon);
    }

    // Who was killed so often may have many to catch up with: it takes as long as it takes, if only they become fewer.
    private async Task HaveAllRunAsync(RunningDaemon daemon)
    {
        for (var left = accepted.Count; left > 0; left = Missing().Length)
            await daemon.UntilAsync(() => Missing().Length < left, $"one more of {left} accepted events has run");
    }

    private static async Task IsWholeAsync(RunningDaemon daemon, int kill)
    {
        await IsReadyAsync(daemon, "worker");
        var said = (await daemon.InvokeAsync("worker")).Succeeded().Json;
        Assert.Equal(said.GetProperty("part").GetString(), said.GetProperty("whole").GetString());

        // What was being created is there, and can run, or is not there at all.
        var other = await daemon.GetAsync($"/2015-03-31/functions/other{kill}/configuration");
        Assert.True(other.Status is 200 or 404, other.ToString());
        if (other.Status == 200)
        {
            await IsReadyAsync(daemon, $"other{kill}");
            (await daemon.InvokeAsync($"other{kill}")).Succeeded();
        }
    }

    // What was at work when the daemon died goes on by itself.
    private static Task IsReadyAsync(RunningDaemon daemon, string function) => daemon.UntilAsync(
        async () => (await daemon.GetAsync($"/2015-03-31/functions/{function}/configuration")).Succeeded().Json is var now
            && now.GetProperty("State").GetString() == "Active"
            && now.TryGetProperty("LastUpdateStatus", out var update) && update.GetString() == "Successful",
        $"{function} is ready");

    private Task<RunningDaemon> StartAsync() => RunningDaemon.StartAsync(functions, "--destination", $"{Told}=file://{Sink}");

    // A line may be cut short by a kill; its event runs again, and what it says comes behind that, on the same line.
    private int[] Missing() =>
        [.. accepted.Except(Answered().Matches(File.ReadAllText(Sink)).Select(answer => int.Parse(answer.Groups[1].Value)))];

    private async Task SendEventsAsync(RunningDaemon daemon, CancellationToken dead)
    {
        while (!dead.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref last);
            try
            {
                var answer = await daemon.InvokeAsync("worker", $$"""{"number":{{number}}}""", ("X-Amz-Invocation-Type", "Event"));
                if (answer.Status == 202)
                    accepted.Add(number);
            }
            catch (HttpRequestException)
            {
                // Killed: it was accepted or not, and nobody knows.
                return;
            }
        }
    }

    private async Task DeployAsync(RunningDaemon daemon, int kill, CancellationToken dead)
    {
        try
        {
            using var created = await SendAsync(daemon, HttpMethod.Post, "", Created($"other{kill}", "0"));
            for (var version = 1; !dead.IsCancellationRequested; version++)
            {
                var code = new JsonObject { ["ZipFile"] = Zip($"{kill}.{version}") };
                using var updated = await SendAsync(daemon, HttpMethod.Put, "/worker/code", code);
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningDaemon daemon, HttpMethod method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(method, "/2015-03-31/functions" + path)
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        return await daemon.Http.SendAsync(request);
    }

    private static string Zip(string version)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in new[]
            {
                ("part.mjs", $"export const part = '{version}';"),
                ("index.mjs", Handler.Replace("VERSION", version, StringComparison.Ordinal)),
            })
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return Convert.ToBase64String(bytes.ToArray());
    }

    [GeneratedRegex("\"responsePayload\":\\{\"number\":(\\d+),")]
    private static partial Regex Answered();

    private static JsonObject Created(string name, string version) => new()
    {
        ["FunctionName"] = name,
        ["Role"] = "arn:aws:iam::000000000000:role/thaw",
        ["Runtime"] = "nodejs20.x",
        ["Handler"] = "index.handler",
        ["Timeout"] = 60,
        ["Code"] = new JsonObject { ["ZipFile"] = Zip(version) },
    };
}
