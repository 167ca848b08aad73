using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Thaw.Environments.Snapshots;

/// <summary>Notes in JSON, in a file beside the memory that they belong to.</summary>
internal static class SnapshotNotesFile
{
    public const string Name = "environment.json";

    public static void Write(string folder, SnapshotNotes notes)
    {
        using var file = File.Create(Path.Combine(folder, Name));
        JsonSerializer.Serialize(file, new Content(notes, DigestOf(notes)), SnapshotNotesJson.Default.Content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Null when there is none, or not as it was written.</summary>
    public static SnapshotNotes? TryRead(string folder)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder, Name));
            var content = JsonSerializer.Deserialize(file, SnapshotNotesJson.Default.Content);
            return content is { Notes: { } notes } && content.Digest == DigestOf(notes) ? notes : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private static string DigestOf(SnapshotNotes notes) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(notes, SnapshotNotesJson.Default.SnapshotNotes)));

    /// <summary>What is in the file.</summary>
    internal sealed record Content(SnapshotNotes? Notes, string Digest);
}

/// <summary>How notes are written and read.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SnapshotNotes))]
[JsonSerializable(typeof(SnapshotNotesFile.Content))]
internal sealed partial class SnapshotNotesJson : JsonSerializerContext;
