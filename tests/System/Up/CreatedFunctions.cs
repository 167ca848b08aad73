using System.IO.Compression;
using System.Text;

namespace Thaw.SystemTests.Up;

/// <summary>Calls of the service API by plain HTTP, on a daemon that a test runs.</summary>
internal static class CreatedFunctions
{
    public const string Role = "arn:aws:iam::000000000000:role/r";

    /// <summary>A zip with one file.</summary>
    public static byte[] Zip(string name, string text)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry(name).Open())
            entry.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    /// <summary>A zip with all that is in a folder; programs stay programs.</summary>
    public static byte[] Zip(string folder)
    {
        using var bytes = new MemoryStream();
        ZipFile.CreateFromDirectory(folder, bytes);
        return bytes.ToArray();
    }

    /// <summary>A zip whose handler is <see cref="FunctionsFolder.Worker"/>, and answers with a word too.</summary>
    public static byte[] Worker(string word = "") =>
        Zip("index.mjs", FunctionsFolder.Worker.Replace("event, count,", $"word: '{word}', event, count,", StringComparison.Ordinal));

    public static async Task<Answer> CallAsync(this RunningDaemon daemon, HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new("application/json") } };
        using var response = await daemon.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.OfAsync(response);
    }

    /// <param name="more">Members of the request, each with a comma before it.</param>
    public static Task<Answer> CreateAsync(
        this RunningDaemon daemon,
        string name,
        byte[] zip,
        string more = "",
        string runtime = "nodejs20.x",
        string handler = "index.handler")
    {
        var code = $"\"Code\":{{\"ZipFile\":\"{Convert.ToBase64String(zip)}\"}}";
        return daemon.CallAsync(HttpMethod.Post, "/2015-03-31/functions", $$"""
            {"FunctionName":"{{name}}","Role":"{{Role}}","Runtime":"{{runtime}}","Handler":"{{handler}}","Timeout":60,{{code}}{{more}}}
            """);
    }

    public static Task<Answer> UploadAsync(this RunningDaemon daemon, string name, byte[] zip, string more = "") => daemon.CallAsync(
        HttpMethod.Put, $"/2015-03-31/functions/{name}/code", $$"""{"ZipFile":"{{Convert.ToBase64String(zip)}}"{{more}}}""");

    /// <summary>Waits until a function is active and no update of it is in progress.</summary>
    public static Task ReadyAsync(this RunningDaemon daemon, string name) => daemon.UntilAsync(async () =>
    {
        var shown = (await daemon.GetAsync($"/2015-03-31/functions/{name}/configuration")).Succeeded().Json;
        return shown.GetProperty("State").GetString() == "Active" && shown.GetProperty("LastUpdateStatus").GetString() == "Successful";
    }, $"{name} is ready");

    public static async Task CreateReadyAsync(
        this RunningDaemon daemon,
        string name,
        byte[] zip,
        string more = "",
        string runtime = "nodejs20.x",
        string handler = "index.handler")
    {
        var made = await daemon.CreateAsync(name, zip, more, runtime, handler);
        Assert.True(made.Status == 201, made.ToString());
        await daemon.ReadyAsync(name);
    }

    public static string? Member(this Answer answer, string name) =>
        answer.Json.TryGetProperty(name, out var value) ? value.ToString() : null;
}
