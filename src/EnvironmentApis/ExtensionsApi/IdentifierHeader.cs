using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.ExtensionsApi;

/// <summary>How an extension says who it is, in every call after register; spec 3.2.</summary>
internal static class IdentifierHeader
{
    public const string Name = "Lambda-Extension-Identifier";

    /// <summary>The identifier as it was sent; whether anybody has it is another question.</summary>
    public static Answer<Guid> Read(ApiCall call) => call.Header(Name) switch
    {
        null => ApiRefusal.MissingIdentifier,
        var text => Guid.TryParse(text, out var identifier) ? identifier : ApiRefusal.InvalidIdentifier,
    };
}
