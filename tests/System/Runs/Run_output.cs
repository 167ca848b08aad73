using System.Text;

namespace Thaw.SystemTests.Runs;

/// <summary>What a function writes arrives: all of it, in order, whatever it is.</summary>
public sealed class Run_output
{
    private const string Write = "import os\ndef handler(event, context):\n    ";

    [Fact]
    public async Task Of_five_megabytes_is_complete_and_in_order()
    {
        const int Count = 80_000;
        using var function = WrittenFunction.Python($"""
            import sys
            def handler(event, context):
                for number in range({Count}):
                    print("line %06d %s" % (number, "x" * 53), file=sys.stderr if number % 7 == 0 else sys.stdout)
            """);
        var run = await ThawRun.OfAsync(function, "--timeout", "120");

        run.Answered("null");
        var written = run.Log.Where(line => line.StartsWith("line ", StringComparison.Ordinal));
        var lines = written.Select(line => int.Parse(line[5..11], null)).ToArray();
        Assert.Equal(Count, lines.Length);

        // Two pipes know no order between them, but each keeps its own.
        Assert.Equal(Enumerable.Range(0, Count).Where(number => number % 7 == 0), lines.Where(number => number % 7 == 0));
        Assert.Equal(Enumerable.Range(0, Count).Where(number => number % 7 != 0), lines.Where(number => number % 7 != 0));
    }

    [Fact]
    public async Task That_is_no_text_does_no_harm()
    {
        using var function = WrittenFunction.Python(Write + @"os.write(1, b'before\n\xff\xfe\x00\x80 binary\nafter\n')");
        (await ThawRun.OfAsync(function)).Answered("null").LogHasInOrder("^before$", "^\uFFFD\uFFFD\0\uFFFD binary$", "^after$");
        var lines = (await ThawRun.OfAsync(function, "--json")).Document.GetProperty("logs").EnumerateArray();
        Assert.Contains("\uFFFD\uFFFD\0\uFFFD binary", lines.Select(line => line.GetProperty("text").GetString()));
    }

    [Theory]
    [InlineData("os.write(1, b'the end')")]
    [InlineData("os.write(1, b'the end'); os._exit(1)")]
    public async Task Without_a_last_newline_is_not_lost(string statement)
    {
        using var function = WrittenFunction.Python(Write + statement);
        Assert.Single((await ThawRun.OfAsync(function)).Log, "the end");
    }

    [Fact]
    public async Task Of_one_line_longer_than_Lambda_keeps_is_cut_into_pieces()
    {
        using var function = WrittenFunction.Python(Write + "os.write(1, b'x' * 600_000 + b'\\n')");
        var run = await ThawRun.OfAsync(function);
        Assert.Equal([262_118, 262_118, 75_764], run.Log.Where(line => line.StartsWith('x')).Select(line => line.Length));
    }

    [Fact]
    public async Task Of_an_answer_arrives_byte_for_byte()
    {
        using var function = WrittenFunction.Python("def handler(event, context):\n    return bytes(range(256)) + 'ü'.encode()");
        byte[] expected = [.. Enumerable.Range(0, 256).Select(value => (byte)value), .. "ü\n"u8];
        Assert.Equal(expected, (await ThawRun.OfAsync(function)).Output);
    }

    [Theory, InlineData("node"), InlineData("python")]
    public async Task Of_an_event_of_six_megabytes_comes_back(string language)
    {
        using var function = language == "node"
            ? WrittenFunction.Node("export const handler = async (event) => event;")
            : WrittenFunction.Python("def handler(event, context):\n    return event\n");
        var text = $"\"{new string('y', (6 * 1024 * 1024) - 100)}ü\"";
        function.With("event.json", text);
        var run = await ThawRun.OfAsync(function, "--event", $"@{function["event.json"]}", "--timeout", "60");
        Assert.Equal(Encoding.UTF8.GetBytes(text + "\n").Length, run.Output.Length);
        Assert.Equal(text + "\n", run.Text);
    }
}
