using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>Kills the daemon at any moment, again and again, while events come and functions are deployed.</summary>
public sealed class Killed_daemon : IDisposable
{
    private const int SIGKILL = 9, Senders = 4;

    // Both files are of one deployment, or of two: then it is torn.
    private const string Handler = """
        import { appendFileSync } from 'node:fs';
        import { part } from './part.mjs';
        const whole = 'VERSION';
        export const handler = async (event) => {
          if (event.number) appendFileSync(process.env.SINK, `${event.number}\n`);
          return { part, whole };
        };
        """;

    private readonly bool full = Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1";
    private readonly FunctionsFolder functions = new();
    private readonly ConcurrentBag<int> accepted = [];
    private readonly Random random = new(5);
    private int last;

    private string Sink => Path.Combine(functions.Path, "sink");

    public void Dispose() => functions.Dispose();

    [Fact]
    public async Task Loses_no_event_and_tears_no_function()
    {
        ThawProgram.SkipUnlessFilesAreShared();
        await File.WriteAllTextAsync(Sink, "", TestContext.Current.CancellationToken);
        var daemon = await RunningDaemon.StartAsync(functions);
        Assert.Equal(201, (int)(await SendAsync(daemon, HttpMethod.Post, "", Created("worker", "0"))).StatusCode);
        await IsReadyAsync(daemon, "worker");
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
            await daemon.AwaitClearanceAsync();
            await dead.CancelAsync();
            await Task.WhenAll(load);
            await daemon.DisposeAsync();

            var starting = Stopwatch.StartNew();
            daemon = await RunningDaemon.StartAsync(functions);
            Assert.True(!full || starting.Elapsed < TimeSpan.FromSeconds(2), $"it took {starting.Elapsed} to start after kill {kill}");
            await IsWholeAsync(daemon, kill);
        }

        await daemon.UntilAsync(() => Missing().Length == 0, "all accepted events have run");
        Assert.NotEmpty(accepted);
        await daemon.DisposeAsync();
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

    private int[] Missing() => [.. accepted.Except(File.ReadAllLines(Sink).Select(int.Parse))];

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

    private JsonObject Created(string name, string version) => new()
    {
        ["FunctionName"] = name,
        ["Role"] = "arn:aws:iam::000000000000:role/thaw",
        ["Runtime"] = "nodejs20.x",
        ["Handler"] = "index.handler",
        ["Timeout"] = 60,
        ["Environment"] = new JsonObject { ["Variables"] = new JsonObject { ["SINK"] = Sink } },
        ["Code"] = new JsonObject { ["ZipFile"] = Zip(version) },
    };
}
