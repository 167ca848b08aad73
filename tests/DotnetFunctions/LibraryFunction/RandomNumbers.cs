using System.Security.Cryptography;

namespace LibraryFunction;

/// <summary>A number from each usual source; each of them is used before the snapshot, too.</summary>
public static class RandomNumbers
{
    private static readonly Random Kept = Random.Shared;

    private static readonly Dictionary<string, string> OfInit = Draw();

    public static Dictionary<string, string> DrawAfterInit()
    {
        var init = OfInit["bytes"];
        return new(Draw()) { ["init"] = init };
    }

    private static Dictionary<string, string> Draw() => new()
    {
        ["shared"] = $"{Random.Shared.NextInt64()}",
        ["kept"] = $"{Kept.Next(int.MaxValue)} {Kept.NextDouble()}",
        ["elsewhere"] = Task.Run(() => $"{Random.Shared.NextInt64()}").Result,
        ["bytes"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)),
        ["bytesElsewhere"] = Task.Run(() => Convert.ToHexString(RandomNumberGenerator.GetBytes(8))).Result,
        ["guid"] = $"{Guid.NewGuid()}",
        ["key"] = Key(),
    };

    private static string Key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToHexString(key.ExportParameters(false).Q.X!);
    }
}
