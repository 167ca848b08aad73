namespace Thaw.Daemon.Events;

/// <summary>Where the ARNs of destinations lead on this machine.</summary>
public sealed record DestinationOptions
{
    /// <summary>ARN to a <c>file:</c> or <c>http(s):</c> address, which is sent each message by itself.</summary>
    public IReadOnlyDictionary<string, Uri> Sinks { get; init; } = new Dictionary<string, Uri>();

    /// <summary>What speaks SQS, for all queues without a sink; null for none.</summary>
    public Uri? Sqs { get; init; }

    /// <summary>What speaks SNS, for all topics without a sink; null for none.</summary>
    public Uri? Sns { get; init; }
}
