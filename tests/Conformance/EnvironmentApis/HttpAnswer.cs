using System.Text;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>What a participant got back. Header names are case-insensitive.</summary>
public sealed record HttpAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    public string Body => Encoding.UTF8.GetString(Bytes);

    /// <summary>The value of a header, or null.</summary>
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public static async Task<HttpAnswer> ReadAsync(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            headers[name] = string.Join(",", values);
        return new HttpAnswer((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Asserts a refusal, with its whole body: keys in AWS's order, newline at the end.</summary>
    public void IsRefusal(int status, string type, string message)
    {
        Assert.Equal($$"""{"errorMessage":"{{message}}","errorType":"{{type}}"}""" + "\n", Body);
        Assert.Equal((status, "application/json"), (Status, this["Content-Type"]));
    }

    /// <summary>Asserts what every accepted post gets.</summary>
    public void IsAccepted()
    {
        Assert.Equal("{\"status\":\"OK\"}\n", Body);
        Assert.Equal((202, "application/json"), (Status, this["Content-Type"]));
    }
}
