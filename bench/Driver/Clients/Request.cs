using System.Globalization;
using System.Text;

namespace Thaw.Bench.Driver.Clients;

/// <summary>An invoke, ready to be sent any number of times, and the event that must come back.</summary>
/// <param name="IsQueued">An Event: its answer only tells that it was taken.</param>
internal sealed record Request(byte[] Bytes, byte[] Event, bool IsQueued)
{
    /// <summary>With an event of so many bytes.</summary>
    /// <param name="qualifier">A version or an alias.</param>
    internal static Request Invoke(string function, int eventBytes, string? qualifier = null) =>
        Invoke(function, Padded("\"data\":\"", eventBytes), qualifier);

    internal static Request Invoke(string function, string json, string? qualifier = null) =>
        Of(function + "/invocations" + (qualifier is null ? "" : $"?Qualifier={qualifier}"), "", json, isQueued: false);

    /// <summary>Nobody waits for the function.</summary>
    /// <param name="beginning">What the event begins with, up to the inside of a text.</param>
    internal static Request Queue(string function, string beginning, int eventBytes) =>
        Of($"{function}/invocations", "X-Amz-Invocation-Type: Event\r\n", Padded(beginning, eventBytes), isQueued: true);

    private static Request Of(string path, string header, string json, bool isQueued)
    {
        var body = Encoding.ASCII.GetBytes(json);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /2015-03-31/functions/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return new Request([.. Encoding.ASCII.GetBytes(head), .. body], body, isQueued);
    }

    private static string Padded(string beginning, int bytes)
    {
        const string End = "\"}";
        return "{" + beginning + new string('x', bytes - 1 - beginning.Length - End.Length) + End;
    }
}
