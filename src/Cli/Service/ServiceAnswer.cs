using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Thaw.Cli.Service;

/// <summary>What the Lambda API answers.</summary>
internal sealed record ServiceAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public bool Succeeded => Status is >= 200 and < 300;

    /// <summary>The body, which is JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The error in its own words.</summary>
    public string Problem
    {
        get
        {
            var shape = Header("x-amzn-ErrorType") ?? string.Create(CultureInfo.InvariantCulture, $"status {Status}");
            try
            {
                // Some shapes spell it with a capital.
                return Json.TryGetProperty("Message", out var text) || Json.TryGetProperty("message", out text)
                    ? $"{text.GetString()} ({shape})"
                    : shape;
            }
            catch (Exception other) when (other is JsonException or InvalidOperationException)
            {
                return $"{shape}: {Encoding.UTF8.GetString(Body)}";
            }
        }
    }

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
