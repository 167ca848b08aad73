namespace Thaw.Sandboxing;

/// <summary>What can be stopped as a whole, and go on later as if nothing had been.</summary>
public interface IFreezable
{
    /// <summary>False where freezing and thawing do nothing.</summary>
    bool CanFreeze { get; }

    /// <summary>
    /// Stops everyone inside. Completes when all stand still, or when they are thawed meanwhile; of the two, what was called last holds.
    /// </summary>
    /// <exception cref="SandboxException">It cannot be done here and now.</exception>
    ValueTask FreezeAsync();

    /// <summary>Lets everyone go on.</summary>
    /// <exception cref="SandboxException">It cannot be done here and now.</exception>
    ValueTask ThawAsync();
}
