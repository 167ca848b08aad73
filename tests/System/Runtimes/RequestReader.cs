using System.Globalization;
using System.Text;

namespace Thaw.SystemTests.Runtimes;

/// <summary>Reads HTTP/1.1 requests, trailers too, which Kestrel's clients cannot show.</summary>
internal sealed class RequestReader(Stream stream)
{
    public async Task<string?> RequestLineAsync()
    {
        var line = await LineAsync();
        return line is null ? null : line[..line.LastIndexOf(' ')];
    }

    public async Task<Dictionary<string, string>> HeadersAsync()
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await LineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':');
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        return headers;
    }

    public async Task<(byte[] Body, Dictionary<string, string> Trailers)> BodyAsync(Dictionary<string, string> headers)
    {
        if (headers.TryGetValue("Content-Length", out var length))
            return (await BytesAsync(int.Parse(length, CultureInfo.InvariantCulture)), []);
        if (!headers.ContainsKey("Transfer-Encoding"))
            return ([], []);

        var body = new MemoryStream();
        while (int.Parse(await LineAsync() ?? "0", NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
        {
            body.Write(await BytesAsync(size));
            await LineAsync();
        }
        return (body.ToArray(), await HeadersAsync());
    }

    private async Task<byte[]> BytesAsync(int size)
    {
        var bytes = new byte[size];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private async Task<string?> LineAsync()
    {
        var line = new MemoryStream();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString(line.ToArray()).TrimEnd('\r');
            line.Write(one);
        }
        return null;
    }
}
