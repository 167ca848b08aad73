namespace Thaw.Bench.Driver.Programs;

/// <summary>A way to write the function that answers with its event, and the command that runs it.</summary>
/// <param name="Name">For people.</param>
/// <param name="Runtime">Lambda's identifier.</param>
/// <param name="Program">The runtime's program; null for the function's own <c>bootstrap</c>.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="SourceFile">The function's file.</param>
/// <param name="Source">What it holds; null when it is a program to copy.</param>
internal sealed record Language(
    string Name, string Runtime, string? Program, IReadOnlyList<string> Arguments, string SourceFile, string? Source);
