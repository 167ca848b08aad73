using System.Runtime.CompilerServices;

namespace Thaw.UnitTests.Telemetry;

/// <summary>
/// A text that somebody has read and found right. <c>THAW_TEST_GOLDEN=1</c> writes it anew; read what has changed before you commit it.
/// </summary>
internal static class GoldenFile
{
    public static void ShouldBe(string name, string text, [CallerFilePath] string test = "")
    {
        if (Environment.GetEnvironmentVariable("THAW_TEST_GOLDEN") == "1")
            File.WriteAllText(Path.Combine(FolderOf(test), name), text);
        Assert.Equal(File.ReadAllText(Path.Combine(FolderOf(test), name)), text);
    }

    // Beside the program; in the sources when they are to be written.
    private static string FolderOf(string test) => Environment.GetEnvironmentVariable("THAW_TEST_GOLDEN") == "1"
        ? Path.Combine(Path.GetDirectoryName(test)!, "../golden")
        : Path.Combine(AppContext.BaseDirectory, "Telemetry/golden");
}
