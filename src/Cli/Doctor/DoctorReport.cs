using System.Buffers;
using System.Text;
using System.Text.Json;
using Thaw.Daemon.Doctor;

namespace Thaw.Cli.Doctor;

/// <summary>What the doctor says: a line for each finding, and below it the line that mends it.</summary>
internal static class DoctorReport
{
    public static string Text(IReadOnlyList<Finding> findings, bool color)
    {
        var width = findings.Max(finding => finding.Name.Length);
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            text.Append(Mark(finding.Verdict, color)).Append("  ").Append(finding.Name.PadRight(width)).Append("  ")
                .Append(finding.Meaning);
            if (finding.Fix is { } fix)
                text.Append('\n').Append(' ', "pass".Length + 2 + width + 2).Append("fix: ").Append(fix);
            text.Append('\n');
        }

        return text.Append('\n').Append(Verdicts(findings)).ToString();
    }

    public static string Json(IReadOnlyList<Finding> findings)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("name", finding.Name);
                json.WriteString("verdict", Word(finding.Verdict));
                json.WriteString("meaning", finding.Meaning);
                if (finding.Fix is not null)
                    json.WriteString("fix", finding.Fix);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static string Verdicts(IReadOnlyList<Finding> findings) =>
        findings.Any(finding => finding.Verdict == Verdict.Fail) ? "The isolation that functions get by default does not work here."
        : findings.Any(finding => finding.Verdict == Verdict.Warn) ? "Functions run here; what is marked with warn is missing."
        : "All works here.";

    private static string Mark(Verdict verdict, bool color)
    {
        var code = verdict switch { Verdict.Pass => "32", Verdict.Warn => "33", _ => "31" };
        return color ? $"\u001b[{code}m{Word(verdict)}\u001b[0m" : Word(verdict);
    }

    private static string Word(Verdict verdict) => verdict switch { Verdict.Pass => "pass", Verdict.Warn => "warn", _ => "fail" };
}
