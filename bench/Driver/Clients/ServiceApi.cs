using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;

namespace Thaw.Bench.Driver.Clients;

/// <summary>Functions by the Lambda API: created, published, named.</summary>
internal static class ServiceApi
{
    private const string Functions = "/2015-03-31/functions";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A zip whose only file is the <c>bootstrap</c>.</summary>
    internal static byte[] Zip(byte[] bootstrap) => Zip("bootstrap", bootstrap);

    /// <summary>A zip with all that is in a folder.</summary>
    internal static byte[] Zip(string folder)
    {
        using var zip = new MemoryStream();
        ZipFile.CreateFromDirectory(folder, zip);
        return zip.ToArray();
    }

    /// <summary>A zip with one file, which may be executed.</summary>
    internal static byte[] Zip(string name, byte[] bytes)
    {
        const int Executable = 0b1_000_000_111_101_101 << 16;
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create))
        {
            var entry = archive.CreateEntry(name, CompressionLevel.Fastest);
            entry.ExternalAttributes = Executable;
            using var file = entry.Open();
            file.Write(bytes);
        }

        return zip.ToArray();
    }

    /// <summary>Returns before the function can be invoked.</summary>
    internal static void Create(
        int port,
        string function,
        byte[] zip,
        string runtime = "provided.al2023",
        string handler = "index.handler",
        int memoryMegabytes = 128,
        bool snapStart = false) => Question.Post(
        port,
        Functions,
        $$$"""
        {"FunctionName":"{{{function}}}","Runtime":"{{{runtime}}}","Handler":"{{{handler}}}",
        "MemorySize":{{{memoryMegabytes}}},"Timeout":60,
        "SnapStart":{"ApplyOn":"{{{(snapStart ? "PublishedVersions" : "None")}}}"},
        "Role":"arn:aws:iam::000000000000:role/bench","Code":{"ZipFile":"{{{Convert.ToBase64String(zip)}}}"}}
        """);

    internal static void AwaitActive(int port, string function, string version = "$LATEST")
    {
        var began = Stopwatch.GetTimestamp();
        var path = $"{Functions}/{function}/configuration?Qualifier={version}";
        while (Value(Question.Get(port, path), "State") is var state && state != "Active")
        {
            if (state == "Failed" || Stopwatch.GetElapsedTime(began) > Patience)
                throw new BenchException($"{function} does not become Active, but is {state}");
            Thread.Sleep(5);
        }
    }

    /// <summary>A new version, by a name of its own.</summary>
    internal static void Publish(int port, string function, string alias)
    {
        var version = Value(Question.Post(port, $"{Functions}/{function}/versions", "{}"), "Version");
        Question.Post(port, $"{Functions}/{function}/aliases", $$"""{"Name":"{{alias}}","FunctionVersion":"{{version}}"}""");
    }

    private static string? Value(string json, string member)
    {
        using var parsed = JsonDocument.Parse(json);
        return parsed.RootElement.GetProperty(member).GetString();
    }
}
