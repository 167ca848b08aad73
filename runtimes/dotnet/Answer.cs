using System.Text;

namespace Thaw.DotnetRuntime;

/// <summary>An answer of the platform; the names of its headers are in lower case.</summary>
internal sealed record Answer(int Status, Dictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}
