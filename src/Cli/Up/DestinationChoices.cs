using Thaw.Cli.CommandLine;
using Thaw.Daemon.Events;

namespace Thaw.Cli.Up;

/// <summary>The options that say where the ARNs of destinations and dead-letter queues lead.</summary>
internal static class DestinationChoices
{
    private const string Sink = "--destination", Sqs = "--sqs-endpoint", Sns = "--sns-endpoint";

    public static readonly string[] Names = [Sink, Sqs, Sns];

    public static Outcome<DestinationOptions> Read(ArgumentList given)
    {
        var sinks = new Dictionary<string, Uri>();
        foreach (var text in given.Values(Sink))
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || Address(text[(at + 1)..]) is not { } address)
            {
                return Wrong($"{Sink} wants ARN=ADDRESS with a file: or http: address, not \"{text}\"; "
                    + $"for example {Sink} arn:aws:sqs:us-east-1:000000000000:failed=file:///tmp/failed.jsonl");
            }

            sinks[text[..at]] = address;
        }

        var (sqs, sns) = (given.Value(Sqs), given.Value(Sns));
        if (sqs is not null && Web(sqs) is null)
            return Wrong($"{Sqs} wants the address of what speaks SQS, not \"{sqs}\"; for example {Sqs} http://127.0.0.1:9324");
        if (sns is not null && Web(sns) is null)
            return Wrong($"{Sns} wants the address of what speaks SNS, not \"{sns}\"; for example {Sns} http://127.0.0.1:4566");
        return new(new DestinationOptions
        {
            Sinks = sinks,
            Sqs = sqs is null ? null : Web(sqs),
            Sns = sns is null ? null : Web(sns),
        });
    }

    private static Uri? Address(string text) =>
        Web(text) ?? (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.IsFile && address.IsLoopback ? address : null);

    private static Uri? Web(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https") ? address : null;

    private static Outcome<DestinationOptions> Wrong(string problem) => Outcome<DestinationOptions>.Unusable(problem);
}
