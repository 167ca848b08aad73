using System.Runtime.CompilerServices;

namespace Thaw.DotnetRuntime;

/// <summary>
/// What Random.Shared is in a function of which there will be a snapshot. .NET's own keeps a generator for each thread, which nobody
/// else can reach, and each clone would go on from where all of them were; of these, each notices that it is out of date.
/// </summary>
internal sealed class RenewableRandom : Random
{
    private static int generation;

    [ThreadStatic]
    private static Random? own;

    [ThreadStatic]
    private static int ownGeneration;

    // A new one is seeded by the kernel.
    private static Random Own
    {
        get
        {
            var current = Volatile.Read(ref generation);
            if (own is null || ownGeneration != current)
                (own, ownGeneration) = (new Random(), current);
            return own;
        }
    }

    /// <summary>Comes before the function is loaded: what has been compiled with the value of a read-only field keeps it.</summary>
    public static void BecomeShared() => SharedField(null) = new RenewableRandom();

    public static void Renew() => Interlocked.Increment(ref generation);

    public override int Next() => Own.Next();

    public override int Next(int maxValue) => Own.Next(maxValue);

    public override int Next(int minValue, int maxValue) => Own.Next(minValue, maxValue);

    public override long NextInt64() => Own.NextInt64();

    public override long NextInt64(long maxValue) => Own.NextInt64(maxValue);

    public override long NextInt64(long minValue, long maxValue) => Own.NextInt64(minValue, maxValue);

    public override float NextSingle() => Own.NextSingle();

    public override double NextDouble() => Own.NextDouble();

    public override void NextBytes(byte[] buffer) => Own.NextBytes(buffer);

    public override void NextBytes(Span<byte> buffer) => Own.NextBytes(buffer);

    protected override double Sample() => Own.NextDouble();

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "<Shared>k__BackingField")]
    private static extern ref Random SharedField(Random? type);
}
