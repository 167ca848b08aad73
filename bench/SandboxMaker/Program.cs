using System.Diagnostics;
using System.Globalization;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Storage;

// Makes a sandbox of namespaces for each line that it reads, with a /tmp and a launcher (in its group and network) that wait ready, takes
// it away again, and says how long the making took.
//
//   sandbox-maker AGENT_FOLDER WORK_FOLDER LAUNCHERS
//
// With 0 launchers nothing waits but the /tmp.
var (agent, work) = (AgentProgram.FindIn(args[0]), args[1]);
var groups = ControlGroups.Find();
using var moves = SwiftMoves.TryHold();
using var nat = NatNetwork.Start(new());
await using var images = new TmpImages(new() { Directory = work }, TimeProvider.System, failure => Console.WriteLine(failure.Message));
var root = RootFileSystem.Make(Path.Combine(work, "root"), NamespaceSandboxOptions.UsualHostName, nat.Names.ResolvConf);
const long Megabyte = 1024 * 1024;
var limits = new GroupLimits(1769 * Megabyte, 1, 1024);
var made = 0;
var took = TimeSpan.Zero;
var count = int.Parse(args[2], CultureInfo.InvariantCulture);
await using var launchers = new Launchers(agent, count, NewGroup, nat, TimeProvider.System);
for (var number = 0; ; number++)
{
    // What is made up for, and what was taken away, is over before anybody measures anything.
    launchers.Fill();
    await Task.Delay(TimeSpan.FromMilliseconds(20));
    if (number > 0)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sandbox {number - 1}: {took.TotalMilliseconds}"));
    if (Console.ReadLine() is null)
        break;
    took = await MakeAsync(number.ToString(CultureInfo.InvariantCulture));
}

await launchers.DisposeAsync();
await groups.CloseAsync();

EnvironmentGroup NewGroup() => groups.Create((made++).ToString(CultureInfo.InvariantCulture), limits);

async Task<TimeSpan> MakeAsync(string name)
{
    var began = Stopwatch.GetTimestamp();
    await using var sandbox = await NamespaceSandbox.CreateAsync(new()
    {
        Root = root,
        TemporaryFolder = Path.Combine(work, "tmp", name),
        Agent = agent,
        Nat = nat,
        Launchers = launchers,
    });
    using var temporary = await images.TakeAsync(TmpImage.MinMegabytes);
    await sandbox.FurnishAsync(new() { Temporary = temporary, MemoryBytes = limits.MemoryBytes, Limits = limits });
    return Stopwatch.GetElapsedTime(began);
}
