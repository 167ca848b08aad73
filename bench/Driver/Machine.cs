using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Driver;

/// <summary>The machine in words, and which of its CPUs this thread and what it starts may use.</summary>
internal sealed unsafe class Machine
{
    private const int Words = 16;

    private readonly ulong[] allowed = new ulong[Words];

    internal Machine(int? cpu)
    {
        fixed (ulong* mask = allowed)
            LinuxException.ThrowIfFailed(SocketCalls.sched_getaffinity(0, Words * sizeof(ulong), mask), "sched_getaffinity");

        // The last: the first serves most interrupts.
        var word = Array.FindLastIndex(allowed, bits => bits != 0);
        Cpu = cpu ?? (word * 64) + BitOperations.Log2(allowed[word]);
        if (Cpu >= Words * 64 || (allowed[Cpu / 64] & (1UL << (Cpu % 64))) == 0)
            throw new BenchException($"CPU {Cpu} is none that this program may use");
    }

    internal int Cpu { get; }

    internal string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"{Field("/proc/cpuinfo", "model name")}, {allowed.Sum(BitOperations.PopCount)} CPUs, "
        + $"{Gigabytes()} GB, Linux {Environment.OSVersion.Version.ToString(2)}, {RuntimeInformation.FrameworkDescription}");

    /// <summary>How busy the machine was of late. What others do makes the figures worse, and not on both sides alike.</summary>
    internal static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>What programs could still have, file caches included.</summary>
    internal static long AvailableBytes => 1024 * long.Parse(
        Field("/proc/meminfo", "MemAvailable").Split(' ')[0], CultureInfo.InvariantCulture);

    internal void Pin()
    {
        var mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        mask[Cpu / 64] = 1UL << (Cpu % 64);
        Use(mask);
    }

    internal void Unpin()
    {
        fixed (ulong* mask = allowed)
            Use(mask);
    }

    private static void Use(ulong* mask) =>
        LinuxException.ThrowIfFailed(SocketCalls.sched_setaffinity(0, Words * sizeof(ulong), mask), "sched_setaffinity");

    private static string Field(string file, string name) => File.ReadLines(file)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault("unknown");

    private static long Gigabytes() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
}
