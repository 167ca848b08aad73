namespace Thaw.Cli.CommandLine;

/// <summary>What the process's status tells a script.</summary>
public static class ExitStatus
{
    public const int Success = 0;

    /// <summary>The function answered with an error, or not at all.</summary>
    public const int FunctionError = 1;

    /// <summary>Arguments, path or event cannot be used.</summary>
    public const int Unusable = 2;

    /// <summary>Thaw itself failed: EX_SOFTWARE of sysexits.h.</summary>
    public const int Bug = 70;
}
