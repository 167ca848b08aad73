namespace Thaw.DotnetRuntime;

/// <summary><c>Assembly::Namespace.Type::Method</c>; the method may be a whole signature, to tell overloads apart.</summary>
internal sealed record HandlerName(string Assembly, string Type, string Method)
{
    private const string Format = "The valid format is 'ASSEMBLY::TYPE::METHOD'.";

    public static HandlerName Parse(string text)
    {
        var parts = text.Split("::", 3, StringSplitOptions.TrimEntries);
        if (parts.Length < 3)
            throw new LambdaValidationException($"Invalid lambda function handler: '{text}'. {Format}");
        string[] names = ["assembly", "type", "method"];
        var missing = Array.FindIndex(parts, part => part.Length == 0);
        return missing < 0
            ? new HandlerName(parts[0], parts[1], parts[2])
            : throw new LambdaValidationException($"Invalid lambda function handler: '{text}', the {names[missing]} is missing. {Format}");
    }
}
