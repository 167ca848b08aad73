using System.Text;
using Microsoft.AspNetCore.Http;
using Thaw.Contracts;

namespace Thaw.EnvironmentApis.ExtensionsApi;

/// <summary>POST /extension/register: a process, or a part of the runtime's, becomes an extension; spec 3.1.</summary>
internal static class Register
{
    public static async Task ServeAsync(ApiCall call)
    {
        if (call.Header("Lambda-Extension-Name") is not { } name)
        {
            await call.RefuseAsync(ApiRefusal.EmptyExtensionName);
            return;
        }

        if ((await call.ReadUnannouncedBodyAsync(Limits.ExtensionRequestBytes)).IsRefused(out var refusal, out var body)
            || RegisterRequest.Parse(body).IsRefused(out refusal, out var request)
            || (await call.Participant.Extensions.RegisterAsync(name, request.Events)).IsRefused(out refusal, out var registration))
        {
            await call.RefuseAsync(refusal);
            return;
        }

        call.AddHeader(IdentifierHeader.Name, registration.Identifier.ToString());
        await call.AnswerAsync(StatusCodes.Status200OK, "application/json", Render(call.Environment.Function, WantsAccountId(call)));
    }

    /// <summary>Only one feature exists; other words are ignored; spec: ENV-076.</summary>
    private static bool WantsAccountId(ApiCall call) =>
        call.Header("Lambda-Extension-Accept-Feature") is { } features
        && features.Split(',', StringSplitOptions.TrimEntries).Contains("accountId");

    private static byte[] Render(FunctionConfiguration function, bool withAccountId)
    {
        var account = withAccountId ? $"\"accountId\":{GoJson.Quote(function.AccountId)}," : "";
        return Encoding.UTF8.GetBytes(
            $$"""{{{account}}"functionName":{{GoJson.Quote(function.Name)}},"functionVersion":{{GoJson.Quote(function.Version)}}"""
            + $$""","handler":{{GoJson.Quote(function.Handler)}}}""" + "\n");
    }
}
