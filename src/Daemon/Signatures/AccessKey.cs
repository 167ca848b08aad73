namespace Thaw.Daemon.Signatures;

/// <summary>What somebody signs his requests with. Only its id may be shown to anybody.</summary>
/// <param name="Token">The session token that must come with it; null for none.</param>
public sealed record AccessKey(string Id, string Secret, string? Token = null)
{
    public override string ToString() => Id;
}
