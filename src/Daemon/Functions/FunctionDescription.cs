using System.Text.Json;
using System.Text.Json.Serialization;
using Thaw.Contracts;

namespace Thaw.Daemon.Functions;

/// <summary>A folder's <c>thaw.json</c>, in CreateFunction's field names; <c>Layers</c> may name folders, relative to it.</summary>
internal sealed record FunctionDescription
{
    public const string FileName = "thaw.json";

    public const string Example = """{ "Runtime": "nodejs20.x", "Handler": "index.handler" }""";

    /// <summary>Far more than its variables may have.</summary>
    private const int MaxBytes = 1024 * 1024;

    public string? Description { get; init; }

    public string? Runtime { get; init; }

    public string? Handler { get; init; }

    /// <summary><c>Zip</c>, which is what it is unless it says so, or <c>Image</c>.</summary>
    public string? PackageType { get; init; }

    public ImageDescription? Code { get; init; }

    public ImageDescription.ConfigField? ImageConfig { get; init; }

    [JsonPropertyName("Timeout")]
    public int? TimeoutSeconds { get; init; }

    [JsonPropertyName("MemorySize")]
    public int? MemoryMegabytes { get; init; }

    public StorageField? EphemeralStorage { get; init; }

    public EnvironmentField? Environment { get; init; }

    public IReadOnlyList<string?>? Layers { get; init; }

    public LoggingDescription? LoggingConfig { get; init; }

    /// <summary>Ours: which <see cref="Dialect"/> its log and errors are worded in.</summary>
    public string? LogDialect { get; init; }

    [JsonIgnore]
    public bool IsImage => PackageType switch
    {
        "Image" => true,
        null or "Zip" when Code is null && ImageConfig is null => false,
        null or "Zip" => throw new UnusableFunctionException(
            "Code and ImageConfig are for functions of PackageType Image: say that too, or leave them away"),
        _ => throw new UnusableFunctionException($"PackageType is Zip or Image, not \"{PackageType}\""),
    };

    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Variables => Environment?.Variables ?? [];

    [JsonIgnore]
    public IEnumerable<string> LayerPaths => (Layers ?? []).OfType<string>().Where(path => path.Length > 0);

    /// <summary>Reads the file; everything is unsaid when there is none.</summary>
    /// <exception cref="UnusableFunctionException">The file is no such JSON.</exception>
    public static FunctionDescription Read(string file)
    {
        if (!File.Exists(file))
            return new FunctionDescription();
        try
        {
            UserFiles.MustBeContent(file, MaxBytes);
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), FunctionDescriptionJson.Default.FunctionDescription)
                ?? throw new UnusableFunctionException($"{file} holds null; write an object, for example {Example}");
        }
        catch (JsonException broken)
        {
            throw new UnusableFunctionException($"{file}, line {(broken.LineNumber ?? 0) + 1}: {Reason(broken)}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnusableFunctionException($"cannot read {file}: {failure.Message}");
        }
    }

    // A fault of the text has no path, or one that ends before it; anything else is a member that is unknown or has the wrong type.
    private static string Reason(JsonException broken) => broken switch
    {
        { InnerException: JsonException } or { Path: null or "$" } => $"this is not JSON of the form {Example}",
        _ => $"the member {broken.Path[2..]} is not known here, or its value has the wrong type; the names are those of CreateFunction",
    };

    internal sealed record StorageField
    {
        /// <summary>In megabytes.</summary>
        public int? Size { get; init; }
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
