using Thaw.WarmProfile;

if (args is not [var trace, var profile, var invokes] || !int.TryParse(invokes, out var least))
{
    Console.Error.WriteLine("usage: WarmProfile TRACE PROFILE TIMES   the methods that ran so many times in TRACE, for the compiler");
    return 2;
}

var recording = Recording.Read(trace);
using var assemblies = new Assemblies(recording);
var file = new ProfileFile(Path.GetFileName(profile), recording, assemblies);
foreach (var method in recording.Profiles.Where(method => method.Probes.Any(probe => probe.Reaches(least))))
    file.TryAdd(method);
if (file.Methods == 0)
{
    Console.Error.WriteLine($"WarmProfile: {trace} has no method that ran {least} times");
    return 1;
}

file.Save(profile);
Console.WriteLine($"{file.Methods} methods; {file.Unnamed} without a name");
return 0;
