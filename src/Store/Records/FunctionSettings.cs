using System.Text.Json.Serialization;

namespace Thaw.Store.Records;

/// <summary>CreateFunction's members, by its names, with its defaults; spec (service) 4.1. What is null was not set.</summary>
public sealed record FunctionSettings
{
    public string? Runtime { get; init; }

    public required string Role { get; init; }

    public string? Handler { get; init; }

    public string Description { get; init; } = "";

    /// <summary>In seconds.</summary>
    public int Timeout { get; init; } = 3;

    /// <summary>In megabytes.</summary>
    public int MemorySize { get; init; } = 128;

    /// <summary><c>Zip</c> or <c>Image</c>.</summary>
    public string PackageType { get; init; } = "Zip";

    [JsonIgnore]
    public bool IsImage => PackageType == "Image";

    public IReadOnlyList<string> Architectures { get; init; } = ["x86_64"];

    /// <summary>In megabytes.</summary>
    public int EphemeralStorage { get; init; } = 512;

    /// <summary>An empty map was set, null was not.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    /// <summary>In the order in which they are merged into <c>/opt</c>.</summary>
    public IReadOnlyList<LayerReference> Layers { get; init; } = [];

    public VpcSettings? VpcConfig { get; init; }

    /// <summary>Of the dead-letter queue.</summary>
    public string? DeadLetterTargetArn { get; init; }

    /// <summary><c>Active</c> or <c>PassThrough</c>.</summary>
    public string TracingMode { get; init; } = "PassThrough";

    public LoggingSettings Logging { get; init; } = new();

    public ImageSettings? ImageConfig { get; init; }

    public IReadOnlyList<FileSystemSettings> FileSystems { get; init; } = [];

    /// <summary><c>None</c> or <c>PublishedVersions</c>.</summary>
    public string SnapStartApplyOn { get; init; } = "None";

    [JsonIgnore]
    public bool WantsSnapshots => SnapStartApplyOn == "PublishedVersions";

    public string? KmsKeyArn { get; init; }

    /// <summary><c>PER_TENANT</c>, or null.</summary>
    public string? TenantIsolationMode { get; init; }

    /// <summary>CapacityProviderConfig, in JSON as it was sent.</summary>
    public string? CapacityProviderConfig { get; init; }

    /// <summary>DurableConfig, in JSON as it was sent.</summary>
    public string? DurableConfig { get; init; }
}
