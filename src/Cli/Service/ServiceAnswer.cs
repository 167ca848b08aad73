using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Thaw.Cli.Service;

/// <summary>What the Lambda API answers.</summary>
internal sealed record ServiceAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>For whoever is turned away by <c>--require-auth</c>.</summary>
    public const string KeysHint = "its requests must be signed with a key of its --require-auth file: AWS_ACCESS_KEY_ID, "
        + "AWS_SECRET_ACCESS_KEY and, if the key has one, AWS_SESSION_TOKEN say with which";

    private const int Forbidden = 403;

    public bool Succeeded => Status is >= 200 and < 300;

    /// <summary>The body, which is JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The error in its own words, and what to do where these say too little.</summary>
    public string Problem => Status == Forbidden ? $"{Words}; {KeysHint}" : Words;

    private string Words
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
