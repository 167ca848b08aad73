using System.Text;
using Thaw.Sandboxing;

namespace Thaw.UnitTests.Sandboxing;

public sealed class Line_splitter
{
    private readonly List<string> runs = [];

    private IEnumerable<string> Lines => runs.SelectMany(run => run.Split('\n'));

    [Fact]
    public void Cuts_at_newlines_wherever_the_pieces_end()
    {
        var splitter = New(100);
        Write(splitter, "one\ntw", "o\n", "\nthree");

        Assert.Equal(["one", "two", ""], Lines);
    }

    [Fact]
    public void Hands_over_lines_that_come_together_as_one_run()
    {
        var splitter = New(100);
        Write(splitter, "one\n\nthree\nfo", "ur\nfive\nsix\nseven", "\n", "\n");

        Assert.Equal(["one\n\nthree", "four", "five\nsix", "seven", ""], runs);
    }

    [Fact]
    public void Does_not_make_a_run_of_a_line_that_is_too_long()
    {
        Write(New(6), "1\n2\n1234567\n3\n4\n");

        Assert.Equal(["1", "2", "123456", "7", "3\n4"], runs);
    }

    [Fact]
    public void Keeps_the_last_line_until_it_is_flushed()
    {
        var splitter = New(100);
        Write(splitter, "no newline");
        Assert.Empty(runs);

        splitter.Flush();
        splitter.Flush();

        Assert.Equal(["no newline"], Lines);
    }

    [Fact]
    public void Leaves_a_carriage_return_where_it_is()
    {
        Write(New(100), "a\r\nb\rc\n");

        Assert.Equal(["a\r", "b\rc"], Lines);
    }

    [Fact]
    public void Cuts_a_long_line_into_pieces_of_the_maximum()
    {
        var splitter = New(4);
        Write(splitter, "12345678", "9\n");

        Assert.Equal(["1234", "5678", "9"], Lines);
    }

    [Fact]
    public void Makes_one_line_of_exactly_the_maximum()
    {
        Write(New(4), "1234\n", "12", "34", "\n", "12345678\n");

        Assert.Equal(["1234", "1234", "1234", "5678"], Lines);
    }

    [Fact]
    public void Does_not_cut_a_character_in_two()
    {
        Write(New(5), "12ä😀ä34567\n");

        Assert.Equal(["12ä", "😀", "ä345", "67"], Lines);
    }

    [Fact]
    public void Loses_no_byte_of_anything()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var max = random.Next(4, 40);
            var input = new byte[random.Next(500)];
            random.NextBytes(input);
            for (var i = 0; i < input.Length; i++)
                input[i] = random.Next(20) == 0 ? (byte)'\n' : input[i];

            List<byte[]> pieces = [];
            var splitter = new LineSplitter(max, lines =>
            {
                foreach (var line in lines.Split((byte)'\n'))
                    pieces.Add(lines[line].ToArray());
            });
            for (var at = 0; at < input.Length;)
            {
                var length = random.Next(1, 60);
                splitter.Write(input.AsSpan(at, Math.Min(length, input.Length - at)));
                at += length;
            }

            splitter.Flush();
            Assert.All(pieces, piece => Assert.InRange(piece.Length, 0, max));
            Assert.InRange(pieces.Count, input.Count(value => value == '\n'), input.Length + 1);
            Assert.Equal(input.Where(value => value != '\n'), pieces.SelectMany(piece => piece));
        }
    }

    private LineSplitter New(int maxLineBytes) => new(maxLineBytes, lines => runs.Add(Encoding.UTF8.GetString(lines)));

    private static void Write(LineSplitter splitter, params string[] pieces)
    {
        foreach (var piece in pieces)
            splitter.Write(Encoding.UTF8.GetBytes(piece));
    }
}
