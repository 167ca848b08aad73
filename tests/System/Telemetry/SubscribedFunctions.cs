using System.Text.Json.Nodes;
using Thaw.SystemTests.Up;
using Thaw.Testing;

namespace Thaw.SystemTests.Telemetry;

/// <summary>Functions with a layer that holds one extension.</summary>
internal static class SubscribedFunctions
{
    /// <summary>A worker with a subscriber of this kind.</summary>
    public static FunctionsFolder Subscribed(this FunctionsFolder functions, string name, string kind) =>
        functions.Workers(name).WithSubscriber(name, kind);

    public static FunctionsFolder WithSubscriber(this FunctionsFolder functions, string name, string kind) =>
        functions.WithExtension(name, HostileExtension.Source(kind));

    public static FunctionsFolder WithExtension(this FunctionsFolder functions, string name, string source)
    {
        // Beside the functions' folder: it is none itself.
        var layer = Path.Combine(Path.GetDirectoryName(functions.Path)!, $"layer-of-{name}");
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(layer, "extensions")).FullName, "subscriber");
        File.WriteAllText(file, source);
        File.SetUnixFileMode(file, OpenFiles.Program);

        var description = JsonNode.Parse(File.ReadAllText(functions[name, "thaw.json"]))!;
        description["Layers"] = new JsonArray(layer);
        return functions.With(name, "thaw.json", description.ToJsonString());
    }
}
