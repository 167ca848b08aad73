using Thaw.Contracts;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.ExtensionsApi;

/// <summary>What init/error and exit/error have in common: a type is required, the body is nobody's concern; spec 3.4.</summary>
internal static class ErrorReport
{
    private const string TypeHeader = "Lambda-Extension-Function-Error-Type";

    public static async Task PostAsync(ApiCall call, Func<Guid, ErrorType, Task<Answer<Accepted>>> post)
    {
        if (IdentifierHeader.Read(call).IsRefused(out var refusal, out var identifier))
            await call.RefuseAsync(refusal);
        else if (call.Header(TypeHeader) is { } type)
            await call.AnswerAsync(await post(identifier, new ErrorType(type)));
        else
            await call.RefuseAsync(ApiRefusal.MissingHeader(TypeHeader));
    }
}
