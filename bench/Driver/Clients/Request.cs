using System.Globalization;
using System.Text;

namespace Thaw.Bench.Driver.Clients;

/// <summary>An invoke, ready to be sent any number of times, and the event that must come back.</summary>
internal sealed record Request(byte[] Bytes, byte[] Event)
{
    /// <summary>With an event of so many bytes.</summary>
    internal static Request Invoke(string function, int eventBytes)
    {
        const string Begin = "{\"data\":\"", End = "\"}";
        return Invoke(function, Begin + new string('x', eventBytes - Begin.Length - End.Length) + End);
    }

    internal static Request Invoke(string function, string json)
    {
        var body = Encoding.ASCII.GetBytes(json);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /2015-03-31/functions/{function}/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return new Request([.. Encoding.ASCII.GetBytes(head), .. body], body);
    }
}
