using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Snapshots.Connections;
using Thaw.Sandboxing.Snapshots.Memory;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>A manifest as JSON.</summary>
internal static class ManifestText
{
    internal static ReadOnlyMemory<byte> Write(Manifest manifest)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
            Write(json, manifest, DigestOf(manifest));
        return bytes.WrittenMemory;
    }

    /// <exception cref="SnapshotUnusableException">It is none, or of another form.</exception>
    internal static Manifest Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.GetProperty("format").GetInt32() is var format and not Manifest.Format)
                throw new SnapshotUnusableException($"it was taken by another version of Thaw (form {format})");
            var manifest = Read(root);
            return manifest with { IsAsWritten = root.GetProperty("digest").GetString() == DigestOf(manifest) };
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or OverflowException or ArgumentException)
        {
            throw new SnapshotUnusableException($"its {Manifest.FileName} cannot be read: {failure.Message.TrimEnd('.')}", failure);
        }
    }

    // Of what it says, in the one way in which it is written.
    private static string DigestOf(Manifest manifest)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            Write(json, manifest, digest: null);
        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter json, Manifest manifest, string? digest)
    {
        json.WriteStartObject();
        json.WriteNumber("format", Manifest.Format);
        json.WriteString("key", manifest.Key);
        json.WriteString("taken", manifest.Taken);
        json.WriteString("criu", manifest.Circumstances.Criu);
        json.WriteString("kernel", manifest.Circumstances.Kernel);
        json.WriteString("processor", manifest.Circumstances.Processor);
        json.WriteString("agent", manifest.Circumstances.Agent);
        json.WriteNumber("firstUser", manifest.FirstUser);
        json.WriteNumber("temporaryMegabytes", manifest.TemporaryMegabytes);
        json.WriteString("address", manifest.Address);
        json.WriteStartArray("mounts");
        foreach (var place in manifest.Mounts)
            json.WriteStringValue(place);
        json.WriteEndArray();
        json.WriteNumber("lastProcess", manifest.Link.LastId);
        json.WriteNumber("frames", manifest.Link.Frames);
        WriteAll(json, "processes", manifest.Link.Processes, Write);
        json.WriteStartObject("control");
        Write(json, manifest.Control);
        json.WriteEndObject();
        WriteAll(json, "connections", manifest.Connections, Write);
        WriteAll(json, "memory", manifest.Memory, Write);
        WriteAll(json, "files", manifest.Files, Write);
        if (digest is not null)
            json.WriteString("digest", digest);
        json.WriteEndObject();
    }

    private static void WriteAll<T>(Utf8JsonWriter json, string name, IEnumerable<T> all, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var each in all)
        {
            json.WriteStartObject();
            write(json, each);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, LinkedProcess process)
    {
        json.WriteNumber("id", process.Id);
        json.WriteNumber("pid", process.Pid);
        json.WriteString("label", process.Label);
        json.WriteBoolean("hasExited", process.HasExited);
    }

    private static void Write(Utf8JsonWriter json, TcpEnd end)
    {
        json.WriteNumber("localPort", end.LocalPort);
        json.WriteNumber("peerPort", end.PeerPort);
        json.WriteNumber("sendSequence", end.SendSequence);
        json.WriteNumber("receiveSequence", end.ReceiveSequence);
        json.WriteBase64String("window", end.Window.Span);
        json.WriteNumber("maxSegment", end.MaxSegment);
        json.WriteNumber("options", end.Options);
        json.WriteNumber("scales", end.Scales);
        json.WriteNumber("timestamp", end.Timestamp);
    }

    private static void Write(Utf8JsonWriter json, Manifest.Connection connection)
    {
        Write(json, connection.End);
        json.WriteBase64String("request", connection.Request.Span);
    }

    private static void Write(Utf8JsonWriter json, ProcessMemory memory)
    {
        json.WriteNumber("process", memory.Process);
        json.WriteString("file", memory.File);
        json.WriteStartArray("runs");
        foreach (var (address, offset, pages) in memory.Runs)
            json.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{address:x} {offset:x} {pages:x}"));
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ImageFile file)
    {
        json.WriteString("name", file.Name);
        json.WriteNumber("bytes", file.Bytes);
        json.WriteString("digest", file.Digest);
    }

    private static Manifest Read(JsonElement root) => new()
    {
        Key = Text(root, "key"),
        Taken = DateTimeOffset.Parse(Text(root, "taken"), CultureInfo.InvariantCulture),
        Circumstances = new(Text(root, "criu"), Text(root, "kernel"), Text(root, "processor"), Text(root, "agent")),
        FirstUser = Number(root, "firstUser"),
        TemporaryMegabytes = root.GetProperty("temporaryMegabytes").GetInt32(),
        Address = root.GetProperty("address").GetString(),
        Mounts = [.. root.GetProperty("mounts").EnumerateArray().Select(place => place.GetString()!)],
        Link = new(Number(root, "lastProcess"), root.GetProperty("frames").GetInt64(), ReadAll(root, "processes", ReadProcess)),
        Control = ReadEnd(root.GetProperty("control")),
        Connections = ReadAll(
            root, "connections", one => new Manifest.Connection(ReadEnd(one), one.GetProperty("request").GetBytesFromBase64())),
        Memory = ReadAll(root, "memory", one => new ProcessMemory(
            one.GetProperty("process").GetInt32(),
            Text(one, "file"),
            [.. one.GetProperty("runs").EnumerateArray().Select(run => ReadRun(run.GetString()!))])),
        Files = ReadAll(root, "files", one => new ImageFile(Text(one, "name"), one.GetProperty("bytes").GetInt64(), Text(one, "digest"))),
    };

    private static LinkedProcess ReadProcess(JsonElement one) => new(
        Number(one, "id"), one.GetProperty("pid").GetInt32(), Text(one, "label"), one.GetProperty("hasExited").GetBoolean());

    private static PageRun ReadRun(string text)
    {
        var numbers = text.Split(' ').Select(number => ulong.Parse(number, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
        return numbers is [var address, var offset, var pages] ? new(address, (long)offset, (long)pages)
            : throw new FormatException($"{text} are no pages");
    }

    private static TcpEnd ReadEnd(JsonElement one) => new(
        one.GetProperty("localPort").GetUInt16(),
        one.GetProperty("peerPort").GetUInt16(),
        Number(one, "sendSequence"),
        Number(one, "receiveSequence"),
        one.GetProperty("window").GetBytesFromBase64(),
        Number(one, "maxSegment"),
        one.GetProperty("options").GetByte(),
        Number(one, "scales"),
        Number(one, "timestamp"));

    private static T[] ReadAll<T>(JsonElement root, string name, Func<JsonElement, T> read) =>
        [.. root.GetProperty(name).EnumerateArray().Select(read)];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()
        ?? throw new FormatException($"there is no {name}");

    private static uint Number(JsonElement element, string name) => element.GetProperty(name).GetUInt32();
}
