using System.Text;
using Thaw.Sandboxing;

namespace Thaw.UnitTests.Sandboxing;

public sealed class Line_splitter
{
    private readonly List<string> lines = [];

    [Fact]
    public void Cuts_at_newlines_wherever_the_pieces_end()
    {
        var splitter = New(100);
        Write(splitter, "one\ntw", "o\n", "\nthree");

        Assert.Equal(["one", "two", ""], lines);
    }

    [Fact]
    public void Keeps_the_last_line_until_it_is_flushed()
    {
        var splitter = New(100);
        Write(splitter, "no newline");
        Assert.Empty(lines);

        splitter.Flush();
        splitter.Flush();

        Assert.Equal(["no newline"], lines);
    }

    [Fact]
    public void Leaves_a_carriage_return_where_it_is()
    {
        Write(New(100), "a\r\nb\rc\n");

        Assert.Equal(["a\r", "b\rc"], lines);
    }

    [Fact]
    public void Cuts_a_long_line_into_pieces_of_the_maximum()
    {
        var splitter = New(4);
        Write(splitter, "12345678", "9\n");

        Assert.Equal(["1234", "5678", "9"], lines);
    }

    [Fact]
    public void Makes_one_line_of_exactly_the_maximum()
    {
        Write(New(4), "1234\n", "12", "34", "\n", "12345678\n");

        Assert.Equal(["1234", "1234", "1234", "5678"], lines);
    }

    [Fact]
    public void Does_not_cut_a_character_in_two()
    {
        Write(New(5), "12ä😀ä34567\n");

        Assert.Equal(["12ä", "😀", "ä345", "67"], lines);
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
            var splitter = new LineSplitter(max, line => pieces.Add(line.ToArray()));
            for (var at = 0; at < input.Length;)
            {
                var length = random.Next(1, 60);
                splitter.Write(input.AsSpan(at, Math.Min(length, input.Length - at)));
                at += length;
            }

            splitter.Flush();
            Assert.All(pieces, piece => Assert.InRange(piece.Length, 0, max));
            Assert.Equal(input.Where(value => value != '\n'), pieces.SelectMany(piece => piece));
        }
    }

    private LineSplitter New(int maxLineBytes) => new(maxLineBytes, line => lines.Add(Encoding.UTF8.GetString(line)));

    private static void Write(LineSplitter splitter, params string[] pieces)
    {
        foreach (var piece in pieces)
            splitter.Write(Encoding.UTF8.GetBytes(piece));
    }
}
