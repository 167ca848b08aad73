using System.Text;
using System.Text.Json;

namespace Thaw.SystemTests.Runs;

/// <summary>What a run has left: its exit status, and all that it wrote.</summary>
internal sealed record EndedRun(int ExitStatus, byte[] Output, byte[] Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public string ErrorText => Encoding.UTF8.GetString(Error);

    /// <summary>Standard error without the timeline, which an empty line sets apart from the log.</summary>
    public string[] Log => [.. Lines(ErrorText).TakeWhile(line => !line.StartsWith("  Timeline ", StringComparison.Ordinal))];

    /// <summary>The answers, one a line.</summary>
    public string[] Answers => Lines(Text);

    public JsonElement Answer => JsonDocument.Parse(Assert.Single(Answers)).RootElement;

    /// <summary>The document of --json.</summary>
    public JsonElement Document => JsonDocument.Parse(Output).RootElement;

    /// <summary>The only answer is an error of this type, and its message matches.</summary>
    public EndedRun FailedWith(string errorType, string messagePattern)
    {
        Assert.Equal(1, ExitStatus);
        Assert.Equal(errorType, Answer.GetProperty("errorType").GetString());
        Assert.Matches(messagePattern, Answer.GetProperty("errorMessage").GetString()!);
        return this;
    }

    public EndedRun Answered(string json)
    {
        Assert.True(ExitStatus == 0, $"status {ExitStatus}: {Text}{ErrorText}");
        Assert.Equal(json, Assert.Single(Answers));
        return this;
    }

    /// <summary>Nothing was run: status 2 and one line that says all these words.</summary>
    public EndedRun WasUnusable(params string[] words)
    {
        Assert.Empty(Text);
        var line = Assert.Single(Lines(ErrorText));
        Assert.StartsWith("thaw run: ", line, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        Assert.Equal(2, ExitStatus);
        return this;
    }

    /// <summary>The log has these lines in this order, whatever else is between them.</summary>
    public EndedRun LogHasInOrder(params string[] patterns)
    {
        var from = 0;
        foreach (var pattern in patterns)
        {
            var found = Array.FindIndex(Log, from, line => System.Text.RegularExpressions.Regex.IsMatch(line, pattern));
            Assert.True(found >= 0, $"no line from the {from}th on matches {pattern}:\n{ErrorText}");
            from = found + 1;
        }

        return this;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
