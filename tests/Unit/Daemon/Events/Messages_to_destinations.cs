using System.Net;
using System.Text;
using System.Web;
using Microsoft.Extensions.Time.Testing;
using Thaw.Daemon.Events;
using Thaw.Environments.Events;
using Thaw.Store.Records;
using Thaw.Testing;
using Thaw.UnitTests.Environments.Events;
using Thaw.UnitTests.Telemetry.Subscriptions;

namespace Thaw.UnitTests.Daemon.Events;

public sealed class Messages_to_destinations : IDisposable
{
    private const string Queue = "arn:aws:sqs:eu-west-1:000000000000:failed", Topic = "arn:aws:sns:eu-west-1:000000000000:news";

    private readonly FakeTimeProvider time = new(Outcomes.Start) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
    private readonly List<string> notices = [];
    private readonly List<QueuedEvent> queued = [];
    private readonly FakeHttp http = new();
    private readonly DirectoryInfo folder = OpenFiles.NewFolder("thaw-destinations-");

    public void Dispose()
    {
        http.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Are_lines_of_a_file()
    {
        var file = Path.Combine(folder.FullName, "ends.jsonl");
        var destinations = Destinations(new() { Sinks = new Dictionary<string, Uri> { [Queue] = new($"file://{file}") } });
        Assert.True(await destinations.TrySendAsync(Queue, Message("1")));
        Assert.True(await destinations.TrySendAsync(Queue, Message("2")));
        Assert.True(await destinations.TrySendAsync(Queue, Message("{\r\n \"a\": 1\n}\n")));
        Assert.Equal("1\n2\n{   \"a\": 1 } \n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Are_each_a_line_of_a_file_when_many_come_at_once()
    {
        const int Messages = 500;
        var file = Path.Combine(folder.FullName, "ends.jsonl");
        var destinations = Destinations(new() { Sinks = new Dictionary<string, Uri> { [Queue] = new($"file://{file}") } });
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(number => Task.Run(
            async () => Assert.True(await destinations.TrySendAsync(Queue, Message($"{number}"))), TestContext.Current.CancellationToken)));
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, Messages).Select(number => $"{number}").Order(), lines.Order());
    }

    [Fact]
    public async Task Are_posted_to_a_web_hook()
    {
        var destinations = Destinations(new() { Sinks = new Dictionary<string, Uri> { ["arn:of:anything"] = new("http://hook/x") } });
        Assert.True(await destinations.TrySendAsync("arn:of:anything", Message("{}")));
        Assert.Equal(("http://hook/x", "{}"), Assert.Single(http.Got));
    }

    [Fact, Trait("Spec", "API-094")]
    public async Task Carry_whatever_a_function_says_of_its_error_to_a_web_hook()
    {
        var said = Outcomes.Failure with { Body = """{"errorMessage":"Größe fehlt\n木\u0001!"}"""u8.ToArray() };
        using var listener = new ListenerSocket();
        using var real = HttpDestination.NewHttp();
        var hook = new HttpDestination(real, new Uri($"http://127.0.0.1:{listener.Port}/"));
        var sending = hook.SendAsync(
            DestinationMessage.DeadLetter(Outcomes.Event(), new EventStep.Ended(EventCondition.RetriesExhausted, 3, said)),
            TestContext.Current.CancellationToken);
        await await Task.WhenAny(sending, AnswerAsync());
        await sending;

        async Task AnswerAsync()
        {
            await using var connection = await listener.AcceptAsync();
            var request = await ListenerSocket.ReadUntilAsync(connection, "{\"id\":7}");
            Assert.Contains("\r\nX-Thaw-ErrorMessage: Größe fehlt 木 !\r\n", request, StringComparison.Ordinal);
            await ListenerSocket.WriteAsync(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
    }

    [Fact, Trait("Spec", "API-094")]
    public async Task Carry_a_failed_event_with_its_attributes_to_a_dead_letter_queue()
    {
        var end = new EventStep.Ended(EventCondition.RetriesExhausted, 3, Outcomes.Failure);
        var destinations = Destinations(new() { Sqs = new("http://sqs:9324") });
        Assert.True(await destinations.TrySendAsync(Queue, DestinationMessage.DeadLetter(Outcomes.Event(), end)));
        var (address, body) = Assert.Single(http.Got);
        Assert.Equal("http://sqs:9324/000000000000/failed", address);
        var form = HttpUtility.ParseQueryString(body);
        Assert.Equal(("SendMessage", "{\"id\":7}"), (form["Action"], form["MessageBody"]));
        Assert.Equal(
            ["RequestID:String:id", "ErrorCode:Number:200", "ErrorMessage:String:no"],
            Enumerable.Range(1, 3).Select(at => $"{form[$"MessageAttribute.{at}.Name"]}:{form[$"MessageAttribute.{at}.Value.DataType"]}:"
                + form[$"MessageAttribute.{at}.Value.StringValue"]));
    }

    [Theory, Trait("Spec", "API-094")]
    [InlineData("{\"errorMessage\":\"half of a letter: \\ud800\"}", "Unhandled"), InlineData("{\"errorMessage\":1}", "Unhandled")]
    [InlineData("no JSON", "Unhandled"), InlineData("{\"errorMessage\":\"no\"}", "no")]
    public void Tell_of_whatever_a_runtime_calls_an_error(string body, string text)
    {
        var failure = new EventOutcome.Ran("1", Encoding.UTF8.GetBytes(body), Failed: true);
        var message = DestinationMessage.DeadLetter(
            Outcomes.Event(), new EventStep.Ended(EventCondition.RetriesExhausted, 3, failure));
        Assert.Equal(text, message.Attributes[2].Value);
    }

    [Fact]
    public async Task Are_published_to_a_topic()
    {
        var destinations = Destinations(new() { Sns = new("http://sns:4566/") });
        Assert.True(await destinations.TrySendAsync(Topic, Message("{\"a\":1}")));
        var (address, body) = Assert.Single(http.Got);
        var form = HttpUtility.ParseQueryString(body);
        Assert.Equal(
            ("http://sns:4566/", "Publish", Topic, "{\"a\":1}"), (address, form["Action"], form["TopicArn"], form["Message"]));
    }

    [Fact]
    public async Task Are_events_of_another_function()
    {
        var arn = "arn:aws:lambda:us-east-1:000000000000:function:next:live";
        Assert.True(await Destinations(new()).TrySendAsync(arn, Message("{\"a\":1}")));
        var waiting = Assert.Single(queued);
        Assert.Equal(
            ("next", "live", "{\"a\":1}"), (waiting.Function, waiting.Qualifier, Encoding.UTF8.GetString(waiting.Payload.Span)));
    }

    [Fact]
    public async Task Are_sent_again_when_they_are_not_taken()
    {
        http.Refusals = 2;
        var sending = Destinations(new() { Sqs = new("http://sqs") }).TrySendAsync(Queue, Message("{}"));
        while (!sending.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(await sending);
        Assert.Equal(3, http.Got.Count);
        Assert.Empty(notices);
    }

    [Fact]
    public async Task For_nobody_that_is_known_end_in_a_notice_that_names_the_option()
    {
        Assert.False(await Destinations(new()).TrySendAsync(Queue, Message("{}")));
        Assert.Contains($"--destination {Queue}=URL", Assert.Single(notices), StringComparison.Ordinal);
    }

    private static DestinationMessage Message(string json) => new(Encoding.UTF8.GetBytes(json));

    private Destinations Destinations(DestinationOptions options) => new(
        options,
        new HttpMessageInvoker(http),
        waiting =>
        {
            queued.Add(waiting);
            return Task.CompletedTask;
        },
        Guid.NewGuid,
        time,
        notices.Add);

    private sealed class FakeHttp : HttpMessageHandler
    {
        public List<(string Address, string Body)> Got { get; } = [];

        public int Refusals { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Got.Add(($"{request.RequestUri}", await request.Content!.ReadAsStringAsync(cancellationToken)));
            return new HttpResponseMessage(Refusals-- > 0 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
        }
    }
}
