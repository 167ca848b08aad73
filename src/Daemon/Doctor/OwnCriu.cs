namespace Thaw.Daemon.Doctor;

/// <summary>A CRIU beside the machine's own programs; <c>eng/install-criu</c>, a part of this program, puts it there.</summary>
internal static class OwnCriu
{
    private const string Name = "install-criu";

    /// <summary>For root's <c>sh</c>.</summary>
    internal static string Script { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(OwnCriu).Assembly.GetManifestResourceStream(Name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
