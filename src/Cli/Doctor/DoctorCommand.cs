using Thaw.Cli.CommandLine;
using Thaw.Contracts;
using Thaw.Daemon.Doctor;
using Thaw.Daemon.Functions;

namespace Thaw.Cli.Doctor;

/// <summary><c>thaw doctor</c>: what this machine can do for functions, what it cannot, and what mends that.</summary>
/// <param name="terminal">Findings go to its output, what the doctor does to its error.</param>
/// <param name="checks">Made anew after a fix.</param>
public sealed class DoctorCommand(
    Terminal terminal, Func<string, IReadOnlyDictionary<RuntimeIdentifier, string>, IReadOnlyList<ICheck>> checks)
{
    private const string DataOption = "--data";

    private const int NotWell = 1;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (ArgumentList.AskForHelp(arguments))
        {
            await terminal.PrintAsync(Help.Doctor);
            return ExitStatus.Success;
        }

        var read = ArgumentList.Read(arguments, [DataOption, ProgramChoices.Option], ["--json", "--fix"]);
        if (read.Problem is not null)
            return Unusable(read.Problem);
        if (read.Value.Words.Count > 0)
            return Unusable($"\"{read.Value.Words[0]}\" is one argument too many; it looks at this machine");
        var programs = ProgramChoices.Read(
            read.Value.Values(ProgramChoices.Option), Environment.GetEnvironmentVariable(ProgramChoices.Variable));
        if (programs.Problem is not null)
            return Unusable(programs.Problem);

        var data = read.Value.Value(DataOption) ?? WorkFolder.DefaultDataDirectory();
        var findings = Look();
        if (read.Value.Has("--fix") && new DebianPackages(Say).Mend(findings))
            findings = Look();
        await terminal.PrintAsync(read.Value.Has("--json")
            ? DoctorReport.Json(findings)
            : DoctorReport.Text(findings, terminal.ColorsOutput));
        return findings.Any(finding => finding.Verdict == Verdict.Fail) ? NotWell : ExitStatus.Success;

        List<Finding> Look() => [.. checks(data, programs.Value).SelectMany(check => check.Look())];
    }

    private int Unusable(string problem)
    {
        Say(problem);
        return ExitStatus.Unusable;
    }

    private void Say(string line) => terminal.Error.WriteLine($"thaw doctor: {line}");
}
