using System.Text;
using System.Text.RegularExpressions;

namespace Thaw.Daemon.Signatures;

/// <summary>
/// The keys that callers may sign with. Their file is written as AWS's clients write theirs, so both can be one:
/// <code>
/// [somebody]
/// aws_access_key_id = AKIAEXAMPLE
/// aws_secret_access_key = ...
/// </code>
/// </summary>
internal sealed partial class AccessKeys
{
    private const string Id = "aws_access_key_id", Secret = "aws_secret_access_key", Token = "aws_session_token";

    /// <summary>What is shorter is soon guessed; AWS's own have 40.</summary>
    private const int MinSecretLetters = 16;

    private const int MaxFileBytes = 1024 * 1024;

    private readonly Dictionary<string, AccessKey> keys;

    private AccessKeys(Dictionary<string, AccessKey> keys) => this.keys = keys;

    public int Count => keys.Count;

    /// <exception cref="AccessKeysException">The file cannot be used; the message says what to do.</exception>
    public static AccessKeys Read(string file)
    {
        try
        {
            var bytes = File.ReadAllBytes(file);
            return bytes.Length > MaxFileBytes
                ? throw new AccessKeysException($"{file} is too large for a file of access keys")
                : Parse(Encoding.UTF8.GetString(bytes), file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AccessKeysException($"cannot read the access keys: {failure.Message}");
        }
    }

    /// <param name="text">The keys.</param>
    /// <param name="file">Where they stand, for people.</param>
    /// <exception cref="AccessKeysException">It cannot be used.</exception>
    public static AccessKeys Parse(string text, string file)
    {
        var keys = new Dictionary<string, AccessKey>();
        var section = "";
        var members = new Dictionary<string, string>();
        foreach (var (line, number) in text.ReplaceLineEndings("\n").Split('\n').Select((line, index) => (line.Trim(), index + 1)))
        {
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            if (line[0] == '[')
            {
                Add();
                (section, members) = (line, []);
            }
            else if (line.Split('=', 2) is [var name, var value])
            {
                members[name.TrimEnd()] = value.TrimStart();
            }
            else
            {
                throw new AccessKeysException($"{file}, line {number}: this is neither [NAME] nor {Id} = ... nor {Secret} = ...");
            }
        }

        Add();
        return keys.Count > 0
            ? new(keys)
            : throw new AccessKeysException($"{file} has no access key: write [NAME], {Id} = ... and {Secret} = ..., each in a line");

        void Add()
        {
            if (members.Count == 0)
                return;
            if (!members.TryGetValue(Id, out var id) || !members.TryGetValue(Secret, out var secret))
                throw new AccessKeysException($"{file}: {section} needs both {Id} and {Secret}");
            if (!GoodId().IsMatch(id))
                throw new AccessKeysException($"{file}: the {Id} of {section} has other characters than letters, digits, _, or too many");
            if (secret.Length < MinSecretLetters)
                throw new AccessKeysException($"{file}: the {Secret} of {section} has fewer than {MinSecretLetters} characters");
            if (!keys.TryAdd(id, new AccessKey(id, secret, members.GetValueOrDefault(Token) is { Length: > 0 } token ? token : null)))
                throw new AccessKeysException($"{file}: {id} is there more than once");
        }
    }

    /// <summary>Null when there is none.</summary>
    public AccessKey? Find(string id) => keys.GetValueOrDefault(id);

    [GeneratedRegex("^[A-Za-z0-9_]{1,128}$")]
    private static partial Regex GoodId();
}
