using Thaw.Contracts;

namespace Thaw.Environments.Functions;

/// <summary>What an environment's processes show to be let in, one set per environment.</summary>
/// <param name="MetadataToken">Opens the metadata API; spec 6.5.</param>
/// <param name="KeysToken">Opens the credentials API of an environment for SnapStart; spec 7.6.</param>
public sealed record Credentials(TemporaryKeys Keys, string MetadataToken, string KeysToken)
{
    public static Credentials Synthetic(Random random)
    {
        const string Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var token = new byte[16];
        random.NextBytes(token);
        return new Credentials(TemporaryKeys.Synthetic(random), random.GetString(Capitals, 52), new Guid(token).ToString());
    }
}
