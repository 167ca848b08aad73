namespace Thaw.Sandboxing.Namespaces;

/// <summary>Why a user cannot have namespaces.</summary>
/// <param name="Reason">In the words of whoever refused them.</param>
/// <param name="Fix">The line that mends it, for root; null when none is known.</param>
public sealed record NoNamespaces(string Reason, string? Fix)
{
    public override string ToString() => Fix is null ? Reason : $"{Reason} (fix, as root: {Fix})";
}
