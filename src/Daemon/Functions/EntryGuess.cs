namespace Thaw.Daemon.Functions;

/// <summary>The runtime and handler that a folder's files suggest, when nobody named them.</summary>
internal sealed record EntryGuess(string Runtime, string Handler)
{
    private static readonly (string File, EntryGuess Guess)[] Usual =
    [
        ("index.mjs", new("nodejs", "index.handler")),
        ("index.js", new("nodejs", "index.handler")),
        ("index.cjs", new("nodejs", "index.handler")),
        ("lambda_function.py", new("python", "lambda_function.lambda_handler")),
        ("index.py", new("python", "index.handler")),
    ];

    /// <summary>All files that suggest something, for people.</summary>
    public static string Files => $"bootstrap, {string.Join(", ", Usual[..^1].Select(entry => entry.File))} or {Usual[^1].File}";

    /// <summary>Null when the files suggest nothing.</summary>
    public static EntryGuess? From(string code, string opt)
    {
        if (File.Exists(Path.Combine(code, "bootstrap")) || File.Exists(Path.Combine(opt, "bootstrap")))
            return new("provided.al2023", "function.handler");
        return Usual.FirstOrDefault(entry => File.Exists(Path.Combine(code, entry.File))).Guess;
    }
}
