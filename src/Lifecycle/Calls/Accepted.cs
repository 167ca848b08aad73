namespace Thaw.Lifecycle.Calls;

/// <summary>An accepted call that has nothing to say.</summary>
public sealed record Accepted
{
    public static Accepted Ok { get; } = new();
}
