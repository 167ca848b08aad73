using System.Diagnostics;
using System.Globalization;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Storage;

// Makes a sandbox of namespaces for each line that it reads, with a /tmp and a network that wait ready, says how long that took, and
// takes it away again.
//
//   sandbox-maker AGENT_FOLDER WORK_FOLDER
var (agent, work) = (AgentProgram.FindIn(args[0]), args[1]);
var groups = ControlGroups.Find();
using var nat = NatNetwork.Start(new());
await using var images = new TmpImages(new() { Directory = work }, TimeProvider.System, failure => Console.WriteLine(failure.Message));
var root = RootFileSystem.Make(Path.Combine(work, "root"), NamespaceSandboxOptions.UsualHostName, nat.Names.ResolvConf);
const long Megabyte = 1024 * 1024;
var limits = new GroupLimits(1769 * Megabyte, 1, 1024);
for (var number = 0; Console.ReadLine() is not null; number++)
{
    var name = number.ToString(CultureInfo.InvariantCulture);
    var began = Stopwatch.GetTimestamp();
    await using var sandbox = await NamespaceSandbox.CreateAsync(new()
    {
        Root = root,
        TemporaryFolder = Path.Combine(work, "tmp", name),
        Agent = agent,
        Group = groups.Create(name, limits),
        Nat = nat,
    });
    using var temporary = await images.TakeAsync(TmpImage.MinMegabytes);
    await sandbox.FurnishAsync(new() { Temporary = temporary, MemoryBytes = limits.MemoryBytes });
    var elapsed = Stopwatch.GetElapsedTime(began);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sandbox {name}: {elapsed.TotalMilliseconds}"));
}

await groups.CloseAsync();
