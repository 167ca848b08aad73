using System.Net;
using Thaw.Cli.CommandLine;
using Thaw.Contracts;
using Thaw.Daemon.Hosting;

namespace Thaw.Cli.Up;

/// <summary>Turns the words after <c>thaw up</c> into <see cref="DaemonOptions"/>, or into one line that names the mistake and its
/// fix.</summary>
public static class UpArguments
{
    private const int MaxPort = 65_535, MaxConcurrency = 100_000, MaxMemoryMegabytes = 16 * 1024 * 1024, MaxIdleSeconds = 24 * 60 * 60;

    private const int MinLogStoreMegabytes = 16, MaxLogStoreMegabytes = 1024 * 1024;

    private static readonly string[] Valued =
    [
        "--port", "--address", "--data", "--functions", .. SandboxOptions.Names, "--concurrency", "--memory", "--idle", "--ready",
        DialectOption.Name, ProgramChoices.Option, "--log-store-mb", "--snapshots-mb", "--require-auth", .. DestinationChoices.Names,
    ];

    private static readonly string[] Flags = SandboxOptions.Flags;

    /// <param name="programs">The value of <see cref="ProgramChoices.Variable"/>.</param>
    public static Outcome<DaemonOptions> Parse(IReadOnlyList<string> arguments, string? programs = null)
    {
        var read = ArgumentList.Read(arguments, Valued, Flags);
        if (read.Problem is not null)
            return Wrong(read.Problem);
        var given = read.Value;
        if (given.Words.Count > 0)
            return Wrong($"\"{given.Words[0]}\" is one argument too many; functions come by --functions DIR");

        var port = NumberOption.Read(given, "--port", "a number", 0, MaxPort, 9000);
        var concurrency = NumberOption.Read(given, "--concurrency", "invocations", 1, MaxConcurrency, 1000);
        var memory = NumberOption.Read(given, "--memory", "megabytes", Limits.MinMemoryMegabytes, MaxMemoryMegabytes, 4096);
        var idle = NumberOption.Read(given, "--idle", "seconds", 1, MaxIdleSeconds, 600);
        var ready = NumberOption.Read(given, "--ready", "sandboxes", 0, SandboxWishes.MostReady, 4);
        var logs = NumberOption.Read(
            given, "--log-store-mb", "megabytes", MinLogStoreMegabytes, MaxLogStoreMegabytes, Limits.LogStoreMegabytes);
        var snapshots = NumberOption.Read(
            given, "--snapshots-mb", "megabytes", 1, MaxLogStoreMegabytes, Limits.SnapshotsMegabytes);
        var address = Address(given);
        var chosen = ProgramChoices.Read(given.Values(ProgramChoices.Option), programs);
        var sandboxes = SandboxOptions.Read(given);
        var dialect = DialectOption.Read(given);
        var destinations = DestinationChoices.Read(given);
        var problem = destinations.Problem
            ?? port.Problem ?? concurrency.Problem ?? memory.Problem ?? idle.Problem ?? ready.Problem ?? logs.Problem ?? snapshots.Problem
            ?? address.Problem ?? chosen.Problem ?? sandboxes.Problem ?? dialect.Problem;
        if (problem is not null)
            return Wrong(problem);

        var standard = new DaemonOptions();
        return new(new DaemonOptions
        {
            Address = address.Value,
            KeyFile = given.Value("--require-auth"),
            Port = port.Value ?? standard.Port,
            FunctionsFolder = given.Value("--functions"),
            DataDirectory = given.Value("--data"),
            Concurrency = concurrency.Value ?? standard.Concurrency,
            MemoryMegabytes = memory.Value,
            Dialect = dialect.Value ?? standard.Dialect,
            Destinations = destinations.Value,
            Sandboxes = sandboxes.Value with { Ready = ready.Value ?? standard.Sandboxes.Ready },
            Programs = chosen.Value,
            LogStoreMegabytes = logs.Value ?? standard.LogStoreMegabytes,
            SnapshotsMegabytes = snapshots.Value ?? standard.SnapshotsMegabytes,
            IdleLifetime = idle.Value is { } seconds ? TimeSpan.FromSeconds(seconds) : standard.IdleLifetime,
        });
    }

    private static Outcome<DaemonOptions> Wrong(string problem) => Outcome<DaemonOptions>.Unusable(problem);

    // Whoever reaches the port can run functions, so it stays on this machine unless callers need credentials.
    private static Outcome<IPAddress> Address(ArgumentList given)
    {
        var text = given.Value("--address") is { } named and not "localhost" ? named : "127.0.0.1";
        if (!IPAddress.TryParse(text, out var address))
            return Outcome<IPAddress>.Unusable($"--address wants an IP address, not \"{text}\"; for example --address 127.0.0.1");
        return IPAddress.IsLoopback(address) || given.Value("--require-auth") is not null
            ? new(address)
            : Outcome<IPAddress>.Unusable(
                $"whoever reaches {text} could run functions: let callers sign their requests by --require-auth KEYFILE, "
                + "or leave --address away");
    }
}
