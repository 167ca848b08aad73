using System.Security.Cryptography;
using System.Text.Json;

namespace LibraryFunction;

/// <summary>A number from each usual source; each of them is used in Init, too.</summary>
public sealed class RandomNumbers
{
    private static readonly Random Kept = Random.Shared;

    private readonly Dictionary<string, string> ofInit = Draw();

    /// <summary>The event is a time in milliseconds, in which no other invocation may come to the same environment.</summary>
    public Stream AfterInit(Stream input)
    {
        Thread.Sleep(JsonSerializer.Deserialize<int>(input));
        var numbers = new Dictionary<string, string>(Draw()) { ["init"] = ofInit["bytes"] };
        return new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(numbers));
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
