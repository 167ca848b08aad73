using System.Security.Cryptography;
using System.Text;
using Thaw.Sandboxing.Agents;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>What a snapshot depends on beside its own files: it is restored where all of it is the same.</summary>
/// <param name="Criu">Its version.</param>
/// <param name="Kernel">Its release.</param>
/// <param name="Processor">A digest of what it can do: registers of another one have another form.</param>
/// <param name="Agent">A digest of its program.</param>
internal sealed record Circumstances(string Criu, string Kernel, string Processor, string Agent)
{
    internal static Circumstances Here(Criu criu, AgentProgram agent) => new(
        criu.Version.ToString(), File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), ProcessorHere(), DigestOf(agent));

    /// <summary>What is different here; null when nothing is.</summary>
    internal string? Difference(Circumstances here) =>
        Criu != here.Criu ? $"it was taken by CRIU {Criu}, and here is {here.Criu}"
        : Kernel != here.Kernel ? $"it was taken on Linux {Kernel}, and here is {here.Kernel}"
        : Processor != here.Processor ? "it was taken on another processor"
        : Agent != here.Agent ? "it was taken with another build of Thaw's agent"
        : null;

    private static string ProcessorHere()
    {
        // "flags" on x86-64, "Features" on arm64.
        var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line =>
            line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal));
        return Short(SHA256.HashData(Encoding.UTF8.GetBytes(line ?? "")));
    }

    private static string DigestOf(AgentProgram agent)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in agent.Arguments.Prepend(agent.Path).Where(File.Exists))
            all.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        if (!agent.IsNative)
            all.AppendData(Encoding.UTF8.GetBytes(Environment.Version.ToString()));
        return Short(all.GetHashAndReset());
    }

    private static string Short(byte[] digest) => Convert.ToHexStringLower(digest)[..32];
}
