namespace Thaw.Environments.Runtimes;

/// <summary>What a runtime identifier comes to on this machine.</summary>
public abstract record RuntimeResolution
{
    private RuntimeResolution()
    {
    }

    /// <param name="Notice">One line for the user when the program is not quite the one asked for.</param>
    public sealed record Found(RuntimeCommand Command, string? Notice = null) : RuntimeResolution;

    /// <summary>This machine cannot run the identifier. <paramref name="Fix"/> tells the user what to do.</summary>
    public sealed record Unavailable(string Fix) : RuntimeResolution;
}
