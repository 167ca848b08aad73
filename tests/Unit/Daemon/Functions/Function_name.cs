using Thaw.Daemon.Functions;

namespace Thaw.UnitTests.Daemon.Functions;

public sealed class Function_name
{
    private static readonly string Longest = new('n', 64);

    [Theory]
    [InlineData("f", "f", null), InlineData("my_fn-2", "my_fn-2", null), InlineData("f:$LATEST", "f", "$LATEST")]
    [InlineData("f:7", "f", "7"), InlineData("f:prod", "f", "prod"), InlineData("function:f", "f", null)]
    [InlineData("123456789012:f", "f", null), InlineData("123456789012:function:f:prod", "f", "prod")]
    [InlineData("us-east-1:123456789012:function:f", "f", null)]
    [InlineData("arn:aws:lambda:us-east-1:123456789012:function:f", "f", null)]
    [InlineData("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f:$LATEST", "f", "$LATEST")]
    [InlineData("arn:aws-cn:lambda:cn-north-1:123456789012:function:f:1", "f", "1")]
    [InlineData("arn:aws:lambda:eusc-de-east-1:123456789012:function:f", "f", null)]
    [InlineData("f:$LATEST.PUBLISHED", "f", "$LATEST.PUBLISHED"), InlineData("a.b", "a.b", null)]
    public void Is_read_in_each_form(string text, string name, string? qualifier) =>
        Assert.Equal(new FunctionName(name, qualifier), FunctionName.Parse(text));

    [Theory]
    [InlineData(""), InlineData(":"), InlineData("f:"), InlineData("f g"), InlineData("f/g"), InlineData("ä"), InlineData("f\n")]
    [InlineData("f:$latest"), InlineData("f:a:b"), InlineData("12345:function:f:x:y"), InlineData("arn:aws:s3:::bucket")]
    [InlineData("arn:aws:lambda:nowhere:123456789012:function:f:1:2"), InlineData("f:pr od"), InlineData("f:$LATEST\n")]
    public void Is_nothing_else(string text) => Assert.Null(FunctionName.Parse(text));

    [Fact]
    public void Has_at_most_64_characters_of_its_own()
    {
        Assert.Equal(Longest, FunctionName.Parse(Longest)?.Name);
        Assert.Equal(Longest, FunctionName.Parse($"arn:aws:lambda:us-east-1:123456789012:function:{Longest}:prod")?.Name);
        Assert.Null(FunctionName.Parse(Longest + "n"));
        Assert.Null(FunctionName.Parse($"function:{Longest}n"));
    }

    [Theory, InlineData("7", true), InlineData("prod", true), InlineData("$LATEST", true), InlineData("a b", false), InlineData("", false)]
    [InlineData("x\n", false)]
    public void Has_qualifiers_of_some_letters(string text, bool isOne) => Assert.Equal(isOne, FunctionName.IsQualifier(text));
}
