using System.Globalization;
using System.Text;

namespace Thaw.Daemon.Events;

/// <summary>A queue of SQS or a topic of SNS, by the query protocol that both, and all that stand in for them, understand.</summary>
/// <param name="endpoint">Of the service; where a call goes that names no address of its own.</param>
internal sealed class QueryDestination(HttpMessageInvoker http, Uri endpoint, QueryDestination.Call call) : IDestination
{
    /// <summary>A call of the query protocol.</summary>
    /// <param name="Address">Where it is sent.</param>
    /// <param name="Region">Of the queue or topic.</param>
    /// <param name="Service">As signatures name it.</param>
    /// <param name="Fields">Given the message.</param>
    internal sealed record Call(
        Uri? Address, string Region, string Service, Func<DestinationMessage, IEnumerable<(string Name, string Value)>> Fields);

    /// <param name="queue">The queue's URL.</param>
    public static Call SendMessage(Uri queue, string region) => new(queue, region, "sqs", message =>
    [
        ("Action", "SendMessage"), ("Version", "2012-11-05"), ("QueueUrl", queue.AbsoluteUri),
        ("MessageBody", Encoding.UTF8.GetString(message.Body.Span)),
        .. message.Attributes.SelectMany((one, index) => Attribute($"MessageAttribute.{index + 1}", one)),
    ]);

    public static Call Publish(string topicArn, string region) => new(null, region, "sns", message =>
    [
        ("Action", "Publish"), ("Version", "2010-03-31"), ("TopicArn", topicArn),
        ("Message", Encoding.UTF8.GetString(message.Body.Span)),
        .. message.Attributes.SelectMany((one, index) => Attribute($"MessageAttributes.entry.{index + 1}", one)),
    ]);

    public async Task SendAsync(DestinationMessage message, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, call.Address ?? endpoint)
        {
            Content = new FormUrlEncodedContent(call.Fields(message).Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };

        // Stand-ins read region and account from here and check nothing else.
        request.Headers.TryAddWithoutValidation("Authorization", string.Create(CultureInfo.InvariantCulture,
            $"AWS4-HMAC-SHA256 Credential=thaw/20260101/{call.Region}/{call.Service}/aws4_request, SignedHeaders=host, Signature=none"));
        await HttpDestination.SendAsync(http, request, stop);
    }

    private static IEnumerable<(string, string)> Attribute(string prefix, (string Name, string Type, string Value) attribute) =>
    [
        ($"{prefix}.Name", attribute.Name), ($"{prefix}.Value.DataType", attribute.Type),
        ($"{prefix}.Value.StringValue", attribute.Value),
    ];
}
