using System.Text;
using System.Text.Json;

namespace Thaw.SystemTests.Up;

/// <summary>What a caller of the API gets.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>The function answered.</summary>
    public Answer Succeeded()
    {
        Assert.True(Status == 200 && Header("X-Amz-Function-Error") is null, ToString());
        return this;
    }

    /// <summary>The function failed, which for the API is a success with a header.</summary>
    public Answer FailedWith(string errorType, string messagePattern)
    {
        Assert.True(Status == 200 && Header("X-Amz-Function-Error") == "Unhandled", ToString());
        Assert.Equal(errorType, Json.GetProperty("errorType").GetString());
        Assert.Matches(messagePattern, Json.GetProperty("errorMessage").GetString()!);
        return this;
    }

    /// <summary>The API refused, in the form that typed clients read.</summary>
    public Answer WasRefused(int status, string shape, params string[] words)
    {
        Assert.True(Status == status, ToString());
        Assert.Equal(shape, Header("x-amzn-ErrorType"));
        Assert.Equal("application/json", Header("Content-Type"));
        Assert.True(Guid.TryParse(Header("x-amzn-RequestId"), out _));
        Assert.Equal(status < 500 ? "User" : "Service", Json.GetProperty("Type").GetString());
        var message = Json.GetProperty(shape is "ResourceNotFoundException" or "ServiceException" ? "Message" : "message").GetString()!;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        return this;
    }

    /// <summary>A 429 of the kind that clients wait for and repeat.</summary>
    public void WasThrottled(string reason = "ConcurrentInvocationLimitExceeded")
    {
        WasRefused(429, "TooManyRequestsException", "Rate Exceeded");
        Assert.Equal(reason, Json.GetProperty("Reason").GetString());
        Assert.Equal("1", Header("Retry-After"));
    }

    public override string ToString() =>
        $"{Status} {string.Join(", ", Headers.Select(header => $"{header.Key}: {header.Value}"))}\n{Text[..Math.Min(Text.Length, 1000)]}";
}
