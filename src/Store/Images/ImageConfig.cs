using System.Text.Json;
using Thaw.Store.Archive;

namespace Thaw.Store.Images;

/// <summary>What an image says of its process: OCI's image configuration, and Docker's. Its user does not matter here.</summary>
public sealed record ImageConfig
{
    /// <summary>Of the form NAME=VALUE.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>Null when there is none.</summary>
    public IReadOnlyList<string>? EntryPoint { get; init; }

    /// <summary>Null when there is none.</summary>
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>Empty for the root.</summary>
    public string WorkingDir { get; init; } = "";

    /// <summary>The digests of the layers, unpacked, in order.</summary>
    internal IReadOnlyList<string> DiffIds { get; init; } = [];

    /// <exception cref="UnusableCodeException">It is none.</exception>
    internal static ImageConfig Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var config = root.Member("config");
            return new()
            {
                Env = config?.Texts("Env") ?? [],
                EntryPoint = config?.Texts("Entrypoint"),
                Cmd = config?.Texts("Cmd"),
                WorkingDir = config?.Text("WorkingDir") ?? "",
                DiffIds = root.Member("rootfs")?.Texts("diff_ids") ?? [],
            };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw ImageFault.Invalid("its configuration is not that of an image");
        }
    }
}
