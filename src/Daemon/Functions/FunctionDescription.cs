using System.Text.Json;
using System.Text.Json.Serialization;

namespace Thaw.Daemon.Functions;

/// <summary>
/// A folder's <c>thaw.json</c>, in CreateFunction's field names; <c>Layers</c> may name folders, relative to the function's.
/// </summary>
internal sealed record FunctionDescription
{
    public string? Description { get; init; }

    public string? Runtime { get; init; }

    public string? Handler { get; init; }

    [JsonPropertyName("Timeout")]
    public int? TimeoutSeconds { get; init; }

    [JsonPropertyName("MemorySize")]
    public int? MemoryMegabytes { get; init; }

    public EnvironmentField? Environment { get; init; }

    public IReadOnlyList<string>? Layers { get; init; }

    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Variables => Environment?.Variables ?? [];

    [JsonIgnore]
    public IReadOnlyList<string> LayerPaths => Layers ?? [];

    /// <summary>Reads the file; everything is unsaid when there is none.</summary>
    /// <exception cref="UnusableFunctionException">The file is no such JSON.</exception>
    public static FunctionDescription Read(string file)
    {
        if (!File.Exists(file))
            return new FunctionDescription();
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), FunctionDescriptionJson.Default.FunctionDescription)
                ?? throw new JsonException("the file holds null");
        }
        catch (JsonException failure)
        {
            throw new UnusableFunctionException($"cannot read {file}: {failure.Message}");
        }
    }

    internal sealed record EnvironmentField
    {
        public Dictionary<string, string>? Variables { get; init; }
    }
}

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(FunctionDescription))]
internal sealed partial class FunctionDescriptionJson : JsonSerializerContext;
