namespace Thaw.SystemTests.Runs;

/// <summary>A program of the machine's, by its full path.</summary>
internal static class ProgramOnPath
{
    public static string Of(string name) => Environment.GetEnvironmentVariable("PATH")!.Split(':')
        .Select(folder => Path.Combine(folder, name)).First(File.Exists);
}
