using System.Text;
using Thaw.Daemon.CloudWatchLogs;

namespace Thaw.UnitTests.Daemon.CloudWatchLogs;

public sealed class Filter_pattern
{
    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("ERROR", "[ERROR] as asked", true)]
    [InlineData("ERROR", "[error] as asked", false)]
    [InlineData("ERROR asked", "asked for an ERROR", true)]
    [InlineData("ERROR other", "asked for an ERROR", false)]
    [InlineData("\"an ERROR\"", "asked for an ERROR", true)]
    [InlineData("\"ERROR an\"", "asked for an ERROR", false)]
    [InlineData("?WARN ?ERROR", "an ERROR", true)]
    [InlineData("?WARN ?FATAL", "an ERROR", false)]
    [InlineData("ERROR -\"as asked\"", "ERROR as asked", false)]
    [InlineData("-INFO", "ERROR", true)]
    [InlineData("Zoë", "Hello Zoë", true)]
    [InlineData("{ $.level = \"ERROR\" }", """{"level":"ERROR"}""", true)]
    [InlineData("{ $.level = ERROR }", """{"level":"ERROR"}""", true)]
    [InlineData("{$.level!=ERROR}", """{"level":"ERROR"}""", false)]
    [InlineData("{ $.level = ERR* }", """{"level":"ERROR"}""", true)]
    [InlineData("{ $.level = *R*O* }", """{"level":"ERROR"}""", true)]
    [InlineData("{ $.level = ERRO*OR }", """{"level":"ERROR"}""", false)]
    [InlineData("{ $.level = \"E?ROR\" }", """{"level":"ERROR"}""", false)]
    [InlineData("{ $.level = \"ERROR\" }", "level ERROR", false)]
    [InlineData("{ $.level != \"ERROR\" }", """{"other":1}""", false)]
    [InlineData("{ $.a.b[1] >= 2 }", """{"a":{"b":[1,2.5]}}""", true)]
    [InlineData("{ $.n < 1e3 && $.n > -1 }", """{"n":999}""", true)]
    [InlineData("{ $.n <= 5 && ($.s = x || $.s = \"y z\") }", """{"n":5,"s":"y z"}""", true)]
    [InlineData("{ $.n <= 5 && ($.s = x || $.s = \"y z\") }", """{"n":5,"s":"z"}""", false)]
    [InlineData("{ $['a b'] = true }", """{"a b":true}""", true)]
    [InlineData("{ $.a IS NULL }", """{"a":null}""", true)]
    [InlineData("{ $.a IS NULL }", "{}", false)]
    [InlineData("{ $.a IS TRUE || $.a IS FALSE }", """{"a":false}""", true)]
    [InlineData("{ $.a IS TRUE }", """{"a":"true"}""", false)]
    [InlineData("{ $.a NOT EXISTS }", """{"a":null}""", false)]
    [InlineData("{ ($.a.b NOT EXISTS) && $.c = 1 }", """{"a":{},"c":1}""", true)]
    [InlineData("{ $.a = IS }", """{"a":"IS"}""", true)]
    public void Matches(string pattern, string message, bool matches)
    {
        var (read, wrong) = FilterPattern.Parse(pattern);
        Assert.True(read is not null, wrong);
        Assert.Equal(matches, read.Matches(Encoding.UTF8.GetBytes(message)));
    }

    [Theory]
    [InlineData("{ $.level }")]
    [InlineData("{ $.level = }")]
    [InlineData("{ level = 1 }")]
    [InlineData("{ $.level > high }")]
    [InlineData("{ $.level = 1")]
    [InlineData("{ $.level = 1 } more")]
    [InlineData("{ ($.level = 1 }")]
    [InlineData("{ $.level IS }")]
    [InlineData("{ $.level IS EMPTY }")]
    [InlineData("{ $.level NOT NULL }")]
    [InlineData("{ $.level EXISTS }")]
    [InlineData("{ $.a = \"x }")]
    [InlineData("[ip, user]")]
    [InlineData("%ERR.*%")]
    [InlineData("\"open")]
    [InlineData("ERROR -")]
    [InlineData("?")]
    public void Says_why_it_is_none(string pattern)
    {
        var (read, wrong) = FilterPattern.Parse(pattern);
        Assert.Null(read);
        Assert.NotEmpty(wrong!);
    }

    [Fact]
    public void Takes_messages_of_any_bytes()
    {
        var random = new Random(1);
        var patterns = new[] { "a -b ?c", "{ $.a = 1 || $.b != x }" }.Select(text => FilterPattern.Parse(text).Pattern!).ToList();
        for (var round = 0; round < 1_000; round++)
        {
            var message = new byte[random.Next(40)];
            random.NextBytes(message);
            if (message.Length > 0)
                message[0] = (byte)'{';
            Assert.All(patterns, pattern => pattern.Matches(message));
        }
    }
}
