namespace Thaw.Contracts;

/// <summary>Keys in the form of a role's temporary ones. They are made up, and open nothing.</summary>
public sealed record TemporaryKeys(string AccessKeyId, string SecretAccessKey, string SessionToken)
{
    public static TemporaryKeys Synthetic(Random random)
    {
        const string Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        return new TemporaryKeys(
            "ASIA" + random.GetString(Capitals, 16), random.GetString(Base64, 40), random.GetString(Base64, 340) + "==");
    }
}
