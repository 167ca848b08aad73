using System.Globalization;
using System.Text;

namespace Thaw.DotnetRuntime;

/// <summary>The console as a function sees it: a line is a log event, and what is written without an end goes out as it is.</summary>
internal sealed class ConsoleLog(Log log, string level, TextWriter console) : TextWriter(CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => console.Encoding;

    public override void Write(char value) => console.Write(value);

    public override void Write(string? value) => console.Write(value);

    public override void Write(char[] buffer, int index, int count) => console.Write(buffer, index, count);

    public override void Flush() => console.Flush();

    public override void WriteLine() => WriteLine("");

    public override void WriteLine(string? value) => log.Write(level, null, value);

    public override void WriteLine(object? value) => WriteLine(Convert.ToString(value, FormatProvider));

    public override void WriteLine(bool value) => WriteLine(value.ToString());

    public override void WriteLine(char value) => WriteLine(value.ToString());

    public override void WriteLine(char[]? buffer) => WriteLine(new string(buffer));

    public override void WriteLine(char[] buffer, int index, int count) => WriteLine(new string(buffer, index, count));

    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(new string(buffer));

    public override void WriteLine(int value) => WriteLine(value.ToString(FormatProvider));

    public override void WriteLine(uint value) => WriteLine(value.ToString(FormatProvider));

    public override void WriteLine(long value) => WriteLine(value.ToString(FormatProvider));

    public override void WriteLine(ulong value) => WriteLine(value.ToString(FormatProvider));

    public override void WriteLine(float value) => WriteLine(value.ToString(FormatProvider));

    public override void WriteLine(double value) => WriteLine(value.ToString(FormatProvider));

    public override void WriteLine(decimal value) => WriteLine(value.ToString(FormatProvider));
}
