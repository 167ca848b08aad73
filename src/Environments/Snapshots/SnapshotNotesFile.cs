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
        JsonSerializer.Serialize(file, notes, SnapshotNotesJson.Default.SnapshotNotes);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Null when there is none that makes sense.</summary>
    public static SnapshotNotes? TryRead(string folder)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder, Name));
            return JsonSerializer.Deserialize(file, SnapshotNotesJson.Default.SnapshotNotes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>How notes are written and read.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SnapshotNotes))]
internal sealed partial class SnapshotNotesJson : JsonSerializerContext;
