using System.Security.Cryptography;
using System.Text;
using Thaw.Contracts;

namespace Thaw.EnvironmentApis.CredentialsApi;

/// <summary>
/// The keys that the processes of a SnapStart environment fetch: in variables they would be the same in every clone, and too old;
/// spec 7.6.
/// </summary>
/// <param name="token">Who shows it gets them.</param>
/// <param name="newKeys">Makes other ones.</param>
public sealed class LentKeys(string token, Func<TemporaryKeys> newKeys, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(6);

    // Clients fetch again some minutes before the end, and must not get the same.
    private static readonly TimeSpan RenewedBefore = TimeSpan.FromMinutes(20);

    private readonly Lock gate = new();
    private (TemporaryKeys Keys, DateTimeOffset Expiration)? current;

    /// <summary>From now on others are given: those of before the snapshot are in its memory.</summary>
    public void Renew()
    {
        lock (gate)
            current = null;
    }

    internal bool IsFor(string? shown) => shown is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(token));

    internal (TemporaryKeys Keys, DateTimeOffset Expiration) Take()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (current is not { } valid || now + RenewedBefore >= valid.Expiration)
                current = valid = (newKeys(), now + Lifetime);
            return valid;
        }
    }
}
