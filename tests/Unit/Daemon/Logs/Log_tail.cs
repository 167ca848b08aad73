using System.Text;
using Thaw.Contracts;
using Thaw.Daemon.Logs;

namespace Thaw.UnitTests.Daemon.Logs;

public sealed class Log_tail
{
    private readonly LogTail tail = new();

    [Fact]
    public void Is_empty_at_first() => Assert.Equal("", Text());

    [Fact, Trait("Spec", "API-075")]
    public void Ends_what_has_no_newline_of_its_own_as_in_JSON_format()
    {
        tail.Add("text\n"u8);
        tail.Add("""{"type":"platform.start"}"""u8);
        tail.Add("""{"type":"platform.report"}"""u8);
        Assert.Equal("text\n{\"type\":\"platform.start\"}\n{\"type\":\"platform.report\"}\n", Text());
    }

    [Fact, Trait("Spec", "API-075")]
    public void Ends_the_last_of_several_lines_even_an_empty_one()
    {
        tail.AddLines("one\ntwo"u8);
        tail.AddLines("three\n"u8);
        Assert.Equal("one\ntwo\nthree\n\n", Text());
    }

    [Theory, InlineData(4095, 0), InlineData(4096, 1), InlineData(9000, 4905)]
    public void Holds_the_end_of_a_line_that_is_longer(int length, int lost)
    {
        var line = string.Concat(Enumerable.Range(0, length).Select(at => (char)('a' + (at % 26))));
        tail.Add(Encoding.UTF8.GetBytes(line + "\n"));
        Assert.Equal(line[lost..] + "\n", Text());
    }

    [Fact, Trait("Spec", "API-075")]
    public void Holds_the_last_4096_bytes_of_many_lines()
    {
        var all = new StringBuilder();
        for (var number = 0; number < 2_000; number++)
        {
            tail.Add(Encoding.UTF8.GetBytes($"line {number}\n"));
            all.Append($"line {number}\n");
            Assert.Equal(all.ToString()[^Math.Min(4096, all.Length)..], Text());
        }
    }

    [Fact]
    public void Of_one_invocation_is_found_while_it_is_wanted()
    {
        var tails = new LogTails();
        var id = new InvocationId("one");
        Assert.Null(tails.Of(id));
        Assert.Same(tails.Want(id), tails.Of(id));
        Assert.Null(tails.Of(new InvocationId("other")));
        tails.Forget(id);
        Assert.Null(tails.Of(id));
    }

    private string Text() => Encoding.UTF8.GetString(Convert.FromBase64String(tail.ToBase64()));
}
