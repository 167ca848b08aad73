namespace Thaw.Environments.Events;

/// <summary>How long an event is tried, and who hears of its end; spec (service) 10.1, 10.2.</summary>
public sealed record EventRules
{
    /// <summary>0 to 2.</summary>
    public int MaximumRetryAttempts { get; init; } = 2;

    /// <summary>1 minute to 6 hours.</summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromHours(6);

    /// <summary>The ARN that hears of success; null for nobody.</summary>
    public string? OnSuccess { get; init; }

    /// <summary>The ARN that hears of failure; null for nobody.</summary>
    public string? OnFailure { get; init; }

    /// <summary>The ARN that gets a failed event itself; null for nobody.</summary>
    public string? DeadLetter { get; init; }
}
