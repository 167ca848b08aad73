namespace Thaw.Store.Archive;

/// <summary>Code that its owner has to mend; the message says how.</summary>
public sealed class UnusableCodeException(string message) : Exception(message)
{
    /// <summary>In the codes of AWS's states.</summary>
    public string ReasonCode { get; init; } = "InvalidZipFileException";
}
