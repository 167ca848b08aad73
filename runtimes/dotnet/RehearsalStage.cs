using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Thaw.DotnetRuntime;

/// <summary>As much of a platform as a rehearsal needs: each call is answered at once, on the loopback, by a thread of its own.</summary>
internal sealed class RehearsalStage : IDisposable
{
    private const string Length = "Content-Length: ", EndOfHead = "\r\n\r\n";

    private const string Event = """{"rehearsal":"yes"}""";

    private static readonly byte[] Next = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""
        HTTP/1.1 200 OK
        Content-Type: application/json
        Lambda-Runtime-Aws-Request-Id: 00000000-0000-0000-0000-000000000000
        Lambda-Runtime-Deadline-Ms: 4102444800000
        Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:rehearsal
        Lambda-Runtime-Invocation-Id: 0
        Content-Length: {{Event.Length}}

        {{Event}}
        """).ReplaceLineEndings("\r\n"));

    private static readonly byte[] Accepted = Encoding.ASCII.GetBytes("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread platform;

    public RehearsalStage()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        platform = new Thread(Serve);
        platform.Start();
    }

    public string Authority => listener.LocalEndPoint!.ToString()!;

    /// <summary>Its caller has hung up before.</summary>
    public void Dispose()
    {
        listener.Dispose();
        platform.Join();
    }

    private void Serve()
    {
        try
        {
            using var caller = listener.Accept();
            while (Read(caller) is { } head)
                caller.Send(head.StartsWith("GET", StringComparison.Ordinal) ? Next : Accepted);
        }
        catch (Exception)
        {
            // Nobody came, or he has gone, or there was no room for him.
        }
        finally
        {
            listener.Dispose();
        }
    }

    /// <summary>A request, with its body; null when there is none any more.</summary>
    private static string? Read(Socket caller)
    {
        var request = new StringBuilder();
        var bytes = new byte[4096];
        int end, left;
        do
        {
            var count = caller.Receive(bytes);
            if (count == 0)
                return null;
            request.Append(Encoding.ASCII.GetString(bytes, 0, count));
            var text = request.ToString();
            end = text.IndexOf(EndOfHead, StringComparison.Ordinal);
            left = end < 0 ? 1 : end + EndOfHead.Length + LengthIn(text) - text.Length;
        }
        while (left > 0);
        return request.ToString();
    }

    private static int LengthIn(string head)
    {
        var at = head.IndexOf(Length, StringComparison.Ordinal);
        return at < 0 ? 0 : int.Parse(head[(at + Length.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
    }
}
