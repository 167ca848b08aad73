using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi;

namespace Thaw.Daemon.Signatures;

/// <summary>A body that was read to its end, within what all bodies together may take.</summary>
internal sealed class HeldBody(HeldEvents held) : IDisposable
{
    private readonly HeldShare share = new(held);

    public MemoryStream Content { get; } = new();

    /// <summary>SHA-256, in hexadecimal.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>Reads it; tells why not.</summary>
    public async Task<LambdaError?> ReadAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
            return TooLarge(maxBytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            var length = read.Buffer.Length;
            if (Content.Length + length > maxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return TooLarge(maxBytes);
            }

            if (!share.TryAdd(length))
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return LambdaError.TooManyRequests(
                    "CallerRateLimitExceeded", "Requests in flight take up all memory that is meant for them; come back in a moment.");
            }

            foreach (var part in read.Buffer)
            {
                hash.AppendData(part.Span);
                Content.Write(part.Span);
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (!read.IsCompleted)
                continue;
            Content.Position = 0;
            Hash = Convert.ToHexStringLower(hash.GetHashAndReset());
            return null;
        }
    }

    /// <summary>Its request is over.</summary>
    public void Dispose() => share.Dispose();

    private static LambdaError TooLarge(int maxBytes) =>
        new(413, "RequestEntityTooLargeException", $"Request must be smaller than {maxBytes} bytes");
}
