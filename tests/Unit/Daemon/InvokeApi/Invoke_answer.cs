using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.InvokeApi;
using Thaw.Environments;

namespace Thaw.UnitTests.Daemon.InvokeApi;

public sealed class Invoke_answer
{
    [Theory, InlineData("\n {\"b\" : 1,\r\n\t\"a\":1.0e2 }\n\n"), InlineData(""), InlineData("no JSON"), InlineData("\"\\u00e9 \u00e9\"")]
    public async Task Is_the_very_bytes_of_the_runtime(string text)
    {
        byte[] bytes = [.. System.Text.Encoding.UTF8.GetBytes(text), 0xff, 0x00];
        var http = await WriteAsync(new InvocationResult(bytes, "application/json", null));
        Assert.Equal(bytes, ((MemoryStream)http.Body).ToArray());
        Assert.Equal((200, bytes.Length, "$LATEST"), (http.StatusCode, http.ContentLength, http.Headers["X-Amz-Executed-Version"]));
        Assert.False(http.Headers.ContainsKey("X-Amz-Function-Error"));
    }

    [Fact]
    public async Task Is_a_success_that_says_Unhandled_when_the_function_failed()
    {
        var http = await WriteAsync(new InvocationResult("{}"u8.ToArray(), "application/json", ErrorType.SandboxTimedout));
        Assert.Equal((200, "Unhandled"), (http.StatusCode, http.Headers["X-Amz-Function-Error"].ToString()));
    }

    private static async Task<HttpResponse> WriteAsync(InvocationResult result)
    {
        var http = new DefaultHttpContext();
        var response = http.Response;
        response.Body = new MemoryStream();
        await InvokeAnswer.WriteAsync(new KestrelInvokeCall(http, InvokeOperation.Invoke, "f"), result, "$LATEST", "Root=1", null);
        await response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        return response;
    }
}
