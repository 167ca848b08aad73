using System.Text;
using System.Text.Json.Nodes;
using Thaw.Environments.Events;

namespace Thaw.UnitTests.Environments.Events;

public sealed class Destination_record
{
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:orders:$LATEST";

    [Fact, Trait("Spec", "API-091")]
    public void Tells_of_success() => AssertIs(
        """
        {"version":"1.0","timestamp":"2026-02-03T10:11:12.345Z",
         "requestContext":{"requestId":"id","functionArn":"arn:aws:lambda:us-east-1:000000000000:function:orders:$LATEST",
           "condition":"Success","approximateInvokeCount":1},
         "requestPayload":{"id":7},
         "responseContext":{"statusCode":200,"executedVersion":"$LATEST"},
         "responsePayload":{"ok":true}}
        """,
        new EventStep.Ended(EventCondition.Success, 1, Outcomes.Success));

    [Fact, Trait("Spec", "API-092")]
    public void Tells_of_failure_with_the_last_error() => AssertIs(
        """
        {"version":"1.0","timestamp":"2026-02-03T10:11:12.345Z",
         "requestContext":{"requestId":"id","functionArn":"arn:aws:lambda:us-east-1:000000000000:function:orders:$LATEST",
           "condition":"RetriesExhausted","approximateInvokeCount":3},
         "requestPayload":{"id":7},
         "responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},
         "responsePayload":{"errorMessage":"no","errorType":"E"}}
        """,
        new EventStep.Ended(EventCondition.RetriesExhausted, 3, Outcomes.Failure));

    [Fact, Trait("Spec", "API-093")]
    public void Has_no_response_where_nothing_ran() => AssertIs(
        """
        {"version":"1.0","timestamp":"2026-02-03T10:11:12.345Z",
         "requestContext":{"requestId":"id","functionArn":"arn:aws:lambda:us-east-1:000000000000:function:orders:$LATEST",
           "condition":"ZeroReservedConcurrency","approximateInvokeCount":0},
         "requestPayload":{"id":7}}
        """,
        new EventStep.Ended(EventCondition.ZeroReservedConcurrency, 0, null));

    [Fact]
    public void Takes_an_answer_that_is_no_json_as_text()
    {
        var answer = Outcomes.Success with { Body = "plain \"text"u8.ToArray() };
        Assert.Equal("plain \"text", (string?)Record(new EventStep.Ended(EventCondition.Success, 1, answer))["responsePayload"]);
    }

    private static void AssertIs(string json, EventStep.Ended end) =>
        Assert.Equal(JsonNode.Parse(json)!.ToJsonString(), Record(end).ToJsonString());

    private static JsonNode Record(EventStep.Ended end) =>
        JsonNode.Parse(Encoding.UTF8.GetString(DestinationRecord.Of(Outcomes.Event(), end, Arn, Outcomes.Start).Span))!;
}
