using System.Text;
using Microsoft.AspNetCore.Http;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi;

namespace Thaw.UnitTests.Daemon.InvokeApi;

public sealed class Event_body
{
    private const int MaxBytes = 10_000;

    [Theory, InlineData("{}"), InlineData(" [1, \"\\u0000\"] "), InlineData("null"), InlineData("\"Zoë\"")]
    public async Task Is_passed_on_byte_for_byte(string json)
    {
        foreach (var isAnnounced in new[] { true, false })
        {
            var (body, error) = await ReadAsync(Encoding.UTF8.GetBytes(json), isAnnounced);
            Assert.Null(error);
            Assert.Equal(json, Encoding.UTF8.GetString(body.Span));
        }
    }

    [Fact]
    public async Task Is_an_empty_object_when_there_is_none() =>
        Assert.Equal("{}"u8.ToArray(), (await ReadAsync([], false)).Event.ToArray());

    [Theory, InlineData(true), InlineData(false)]
    public async Task Has_a_longest(bool isAnnounced)
    {
        var longest = Encoding.ASCII.GetBytes($"\"{new string('x', MaxBytes - 2)}\"");
        Assert.Equal(longest, (await ReadAsync(longest, isAnnounced)).Event.ToArray());
        var error = (await ReadAsync([.. longest, (byte)' '], isAnnounced)).Error;
        Assert.Equal((413, "RequestTooLargeException"), (error?.Status, error?.Shape));
    }

    [Theory, InlineData(""""{"a":1""""), InlineData("[1,]"), InlineData("{} {}"), InlineData("'a'"), InlineData("\"\xff\"")]
    [InlineData("{\"\xc3\":1}"), InlineData("\"\\ud800 \xed\xa0\x80\"")]
    public async Task Must_be_JSON_in_UTF8(string latin)
    {
        var error = (await ReadAsync(Encoding.Latin1.GetBytes(latin), true)).Error;
        Assert.Equal((400, "InvalidRequestContentException"), (error?.Status, error?.Shape));
    }

    private static async Task<(ReadOnlyMemory<byte> Event, LambdaError? Error)> ReadAsync(byte[] bytes, bool isAnnounced)
    {
        var request = new DefaultHttpContext().Request;
        (request.Body, request.ContentLength) = (new MemoryStream(bytes), isAnnounced ? bytes.Length : null);
        return await EventBody.ReadAsync(request, InvocationType.RequestResponse, MaxBytes);
    }
}
