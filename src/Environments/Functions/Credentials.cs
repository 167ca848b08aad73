namespace Thaw.Environments.Functions;

/// <summary>The keys an environment sees. They are made up, one set per environment, and open nothing.</summary>
/// <param name="MetadataToken">Opens the metadata API of that environment; spec 6.5.</param>
public sealed record Credentials(string AccessKeyId, string SecretAccessKey, string SessionToken, string MetadataToken)
{
    /// <summary>Synthetic keys in the form of temporary ones.</summary>
    public static Credentials Synthetic(Random random)
    {
        const string Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        return new Credentials(
            "ASIA" + random.GetString(Capitals, 16),
            random.GetString(Base64, 40),
            random.GetString(Base64, 340) + "==",
            random.GetString(Capitals, 52));
    }
}
