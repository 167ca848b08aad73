using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Thaw.Environments.Runtimes;

namespace Thaw.Environments.Snapshots;

/// <summary>
/// What must be the same on both sides of a snapshot, beside what the kernel and CRIU care for: the version as it was published, and the
/// programs that its memory has parts of.
/// </summary>
internal static class SnapshotKey
{
    public static string Of(EnvironmentPlan plan)
    {
        var parts = new StringBuilder();
        parts.Append(CultureInfo.InvariantCulture, $"{plan.Revision} {plan.Function.MemoryMegabytes}\n");
        parts.Append(plan.Files.TaskRoot).Append('\n').Append(plan.Files.Opt).Append('\n');
        parts.Append(plan.Image?.Root).Append('\n');
        foreach (var word in plan.Image is null ? plan.Runtime.Words : [])
            parts.Append(word).Append(' ').Append(StampOf(word)).Append('\n');
        foreach (var file in plan.Runtime.IsOurs ? FilesOf(plan.Runtime) : [])
            parts.Append(file).Append(' ').Append(StampOf(file)).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts.ToString())));
    }

    private static IEnumerable<string> FilesOf(RuntimeCommand runtime) => Directory.Exists(runtime.RuntimeDirectory)
        ? Directory.EnumerateFiles(runtime.RuntimeDirectory, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("__pycache__", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
        : [];

    private static string StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}")
            : "";
    }
}
