using System.Text.Json;

namespace Thaw.UnitTests.Daemon.ServiceApi;

/// <summary>What the service answered.</summary>
/// <param name="Error">The name of the error's shape; empty for a success.</param>
internal sealed record ServiceReply(int Status, string Error, byte[] Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string this[string member] => At(member) is { } value ? value.ToString() : throw new KeyNotFoundException($"{member} in {Json}");

    /// <summary>A member by its path, with dots; null when it is not there.</summary>
    public JsonElement? At(string path)
    {
        var at = Json;
        foreach (var name in path.Split('.'))
        {
            if (!at.TryGetProperty(name, out at))
                return null;
        }

        return at;
    }

    public ServiceReply Succeeded(int status = 200)
    {
        Assert.True(Status == status && Error.Length == 0, $"{Status} {Error} {System.Text.Encoding.UTF8.GetString(Body)}");
        return this;
    }

    /// <param name="text">What its message contains.</param>
    public ServiceReply Refused(int status, string error, string text = "")
    {
        Assert.True((Status, Error) == (status, error), $"{Status} {Error} {System.Text.Encoding.UTF8.GetString(Body)}");
        var message = At("message") ?? At("Message") ?? throw new KeyNotFoundException("message");
        Assert.Contains(text, message.GetString(), StringComparison.Ordinal);
        return this;
    }
}
