namespace Thaw.SystemTests.Runs;

/// <summary>A .NET function from tests/DotnetFunctions in a folder of its own, as <c>dotnet build</c> leaves it.</summary>
internal static class BuiltFunction
{
    public static WrittenFunction Of(string project)
    {
        var function = new WrittenFunction();
        foreach (var file in Directory.GetFiles(Path.Combine(ThawProgram.Root, "artifacts/bin", project, "debug")))
            File.Copy(file, function[Path.GetFileName(file)]);
        return function;
    }
}
