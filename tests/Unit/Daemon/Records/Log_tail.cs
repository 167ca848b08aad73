using System.Text;
using Thaw.Contracts;
using Thaw.Daemon.Records;

namespace Thaw.UnitTests.Daemon.Records;

public sealed class Log_tail
{
    private readonly LogTail tail = new();

    [Fact]
    public void Is_empty_at_first() => Assert.Equal("", Text());

    [Fact]
    public void Holds_output_and_the_platforms_lines_in_their_order()
    {
        tail.Emit(new InvokeStart(new RequestId("one"), "$LATEST", InvocationOrigin.None) { Time = default });
        Write("a word");
        tail.Emit(new PhaseStarted(Phase.Invoke, false, new RequestId("one")) { Time = default });
        Assert.Equal("START RequestId: one Version: $LATEST\na word\n", Text());
    }

    [Theory, InlineData(4095, 0), InlineData(4096, 1), InlineData(9000, 4905)]
    public void Holds_the_end_of_a_line_that_is_longer(int length, int lost)
    {
        var line = string.Concat(Enumerable.Range(0, length).Select(at => (char)('a' + (at % 26))));
        Write(line);
        Assert.Equal(line[lost..] + "\n", Text());
    }

    [Fact]
    public void Holds_the_last_4096_bytes_of_many_lines()
    {
        var all = new StringBuilder();
        for (var number = 0; number < 2_000; number++)
        {
            Write($"line {number}");
            all.Append($"line {number}\n");
        }

        Assert.Equal(all.ToString()[^4096..], Text());
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

    private void Write(string line) => tail.Emit(new OutputLines("runtime", Encoding.UTF8.GetBytes(line)) { Time = default });

    private string Text() => Encoding.UTF8.GetString(Convert.FromBase64String(tail.ToBase64()));
}
