using Thaw.Daemon.Signatures;

namespace Thaw.UnitTests.Daemon.Signatures;

public sealed class Access_keys
{
    [Fact]
    public void Are_read_from_a_file_of_AWS_s_clients()
    {
        var keys = AccessKeys.Parse(
            """
            # a comment
            [default]
            aws_access_key_id=AKIDONE
            aws_secret_access_key = secret/with+signs=and=more
            region = eu-west-1

            [two]
            aws_access_key_id = AKIDTWO
            aws_secret_access_key = 0123456789abcdef
            aws_session_token = t
            """,
            "f");
        Assert.Equal(2, keys.Count);
        Assert.Equal(new("AKIDONE", "secret/with+signs=and=more"), keys.Find("AKIDONE"));
        Assert.Equal("t", keys.Find("AKIDTWO")!.Token);
        Assert.Null(keys.Find("AKIDTHREE"));
        Assert.DoesNotContain("secret", keys.Find("AKIDONE")!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no access key"), InlineData("[a]", "no access key"), InlineData("AKID secret", "line 1")]
    [InlineData("[a]\naws_access_key_id = A", "[a] needs both")]
    [InlineData("[a]\naws_secret_access_key = 0123456789abcdef", "[a] needs both")]
    [InlineData("[a]\naws_access_key_id = A/B\naws_secret_access_key = 0123456789abcdef", "other characters")]
    [InlineData("[a]\naws_access_key_id = A\naws_secret_access_key = 123456789", "fewer than 16")]
    [InlineData(
        "[a]\naws_access_key_id = A\naws_secret_access_key = 0123456789abcdef\n"
        + "[b]\naws_access_key_id = A\naws_secret_access_key = 0123456789abcdef",
        "A is there more than once")]
    public void Tell_what_is_wrong_and_no_secret(string text, string words)
    {
        var unusable = Assert.Throws<AccessKeysException>(() => AccessKeys.Parse(text, "f"));
        Assert.Contains(words, unusable.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("123456789", unusable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tell_when_there_is_no_file()
    {
        var missing = Assert.Throws<AccessKeysException>(() => AccessKeys.Read("/nowhere/keys"));
        Assert.Contains("/nowhere", missing.Message, StringComparison.Ordinal);
    }
}
