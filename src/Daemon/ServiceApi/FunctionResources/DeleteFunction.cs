using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Environments;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>A function with all that is its own, or one published version. Who is at work finishes. Spec (service) 4.7.</summary>
/// <param name="forget">Ends the environments of a version when their work is done.</param>
internal sealed class DeleteFunction(ServiceWorld world, Action<VersionId> forget)
{
    public async Task<ServiceAnswer> RunAsync(ServiceCall call)
    {
        var target = call.Function();
        if (target.Qualifier is { } qualifier && !FunctionName.IsVersionNumber(qualifier))
        {
            throw LambdaException.InvalidParameterValue(qualifier == VersionRecord.Latest
                ? "$LATEST version cannot be deleted without deleting the function."
                : "Deletion of functions and versions requires a version number as the qualifier, or none; use DeleteAlias for aliases.");
        }

        var gone = await world.Store.WriteAsync(view => target.Qualifier is null ? DeleteAll(view, target) : DeleteOne(view, target));
        foreach (var version in gone.Versions)
            forget(new VersionId(target.Function, version));
        if (gone.FreesConcurrency)
            await world.Reservations.ShareAsync(world.Store);
        return ServiceAnswer.None;
    }

    private static Gone DeleteOne(IStoreWriter view, InvokeTarget target)
    {
        view.Function(target.Function);
        var users = view.List(Tables.Aliases, target.Function)
            .Where(alias => alias.FunctionVersion == target.Qualifier || alias.AdditionalVersion == target.Qualifier)
            .Select(alias => alias.Name)
            .ToArray();
        if (users.Length > 0)
        {
            throw LambdaException.Conflict(
                $"Version {target.Qualifier} of function {target.Function} is referenced by aliases [{string.Join(", ", users)}]; "
                + "delete them, or let them name another version, first.");
        }

        var key = new RecordKey(target.Function, target.Qualifier!);
        view.Remove(Tables.Policies, key);
        view.Remove(Tables.EventInvokes, key);
        view.Remove(Tables.RuntimeManagements, key);
        return new Gone(
            view.Remove(Tables.Versions, Tables.VersionKey(target.Function, target.Qualifier!)) ? [target.Qualifier!] : [],
            FreesConcurrency: false);
    }

    private static Gone DeleteAll(IStoreWriter view, InvokeTarget target)
    {
        var name = target.Function;
        var function = view.Function(name);
        string[] versions = [.. view.List(Tables.Versions, name).Select(version => version.Version)];
        view.Remove(Tables.Functions, new RecordKey("", name));
        view.RemoveAll(Tables.Versions, name);
        view.RemoveAll(Tables.Aliases, name);
        view.RemoveAll(Tables.EventInvokes, name);
        view.RemoveAll(Tables.Policies, name);
        view.RemoveAll(Tables.RuntimeManagements, name);
        return new Gone(versions, FreesConcurrency: function.ReservedConcurrency is not null);
    }

    private sealed record Gone(IReadOnlyList<string> Versions, bool FreesConcurrency);
}
