using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Thaw.Lifecycle;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>Sends the same bytes through the lane and by way of Kestrel, and shows what each led to.</summary>
public sealed partial class TwinStages(ApiStage lane, ApiStage kestrel) : IAsyncDisposable
{
    private readonly ApiStage[] stages = [lane, kestrel];
    private ApiStage.Running[] running = [];

    /// <summary>Two environments alike, each with an invocation that its runtime has received.</summary>
    public static async Task<TwinStages> StartAsync(Func<Invocation, Invocation>? with = null)
    {
        var (lane, next) = await ApiStage.StartReadyAsync(Way.Any);
        var (kestrel, other) = await ApiStage.StartReadyAsync(Way.Kestrel);
        var both = new TwinStages(lane, kestrel) { running = [lane.Invoke(with), kestrel.Invoke(with)] };
        await Task.WhenAll(next, other);
        return both;
    }

    /// <summary>Sends the bytes, piece by piece, and then the end; it shows all answers, and what reached the caller.</summary>
    /// <param name="stream">The letters ID stand for the id of the request.</param>
    public async Task<(string Lane, string Kestrel)> ShowAsync(params string[] stream)
    {
        var shown = new string[2];
        for (var way = 0; way < 2; way++)
            shown[way] = $"{await AnswersAsync(stages[way], stream)}\n{Outcome(running[way])}";
        return (shown[0], shown[1]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stage in stages)
            await stage.DisposeAsync();
    }

    private static async Task<string> AnswersAsync(ApiStage stage, string[] stream)
    {
        using var raw = await stage.ConnectAsync();
        try
        {
            foreach (var piece in stream)
            {
                await raw.SendAsync(piece.Replace("ID", stage.Id, StringComparison.Ordinal));
                await Task.Yield();
            }

            raw.EndSending();
        }
        catch (SocketException)
        {
            // It was enough for the server.
        }

        return InOneOrder(Date().Replace(await raw.AllAsync(), "Date: now\r\n"));
    }

    // The order of headers means nothing.
    private static string InOneOrder(string answers)
    {
        var shown = new StringBuilder();
        while (answers.Length > 0)
        {
            var end = answers.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                return shown.Append(answers).ToString();
            var lines = answers[..end].Split("\r\n");
            shown.AppendJoin('\n', [lines[0], .. lines[1..].Order(StringComparer.Ordinal)]).Append("\n\n");
            var length = Length().Match(answers, 0, end + 2) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, null) : 0;
            answers = answers[(end + 4)..];
            shown.Append(answers.AsSpan(0, Math.Min(length, answers.Length))).Append('\n');
            answers = answers[Math.Min(length, answers.Length)..];
        }

        return shown.ToString();
    }

    private static string Outcome(ApiStage.Running running)
    {
        var response = running.Response;
        return $"{response.IsComplete} {response.ContentType} {response.Body} {response.Error?.ErrorType.Name} {response.ErrorBody}";
    }

    [GeneratedRegex(@"Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n")]
    private static partial Regex Date();

    [GeneratedRegex(@"\r\nContent-Length: (\d+)\r\n")]
    private static partial Regex Length();
}
