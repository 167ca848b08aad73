using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>Functions by name, those in folders too; with <c>FunctionVersion=ALL</c> all their versions. Spec (service) 1.8.</summary>
internal sealed class ListFunctions(ServiceWorld world, FolderResources folders)
{
    private const int MaxItems = 10_000;

    public async Task<ServiceAnswer> RunAsync(ServiceCall call)
    {
        var all = call.Query("FunctionVersion");
        if (all is not (null or "ALL"))
            call.Violations.Add(all, "functionVersion", "Member must satisfy enum value set: [ALL]");
        var page = Page.Of(call, MaxItems);

        // One more than wanted tells whether there are more.
        var stored = await world.Store.ReadAsync(view => Stored(view, page, withVersions: all is not null));
        var shown = await WithFoldersAsync(stored, page);
        return new(json =>
        {
            json.WriteList("Functions", shown.Take(page.Count), (part, one) => FunctionJson.Write(
                part, one, ArnOf(one, qualified: all is not null), isListed: true));
            if (shown.Count > page.Count)
                json.WriteString("NextMarker", MarkerOf(shown[page.Count - 1]));
        });
    }

    private static string ArnOf(VersionRecord version, bool qualified) =>
        FunctionConfiguration.LocalArn(version.Function) + (qualified ? $":{version.Version}" : "");

    private static List<VersionRecord> Stored(IStoreReader view, Page page, bool withVersions)
    {
        var wanted = page.Count + 1;
        List<VersionRecord> found = [];
        var (function, version) = Parse(page.After);
        if (withVersions && function is not null)
            found.AddRange(view.List(Tables.Versions, function, Tables.VersionKey(function, version!).Name, wanted));
        foreach (var next in view.List(Tables.Functions, "", function, wanted))
        {
            if (found.Count >= wanted)
                break;
            if (withVersions)
                found.AddRange(view.List(Tables.Versions, next.Name, after: null, wanted - found.Count));
            else if (view.FindVersion(next.Name, VersionRecord.Latest) is { } latest)
                found.Add(latest);
        }

        return found;
    }

    private async Task<List<VersionRecord>> WithFoldersAsync(List<VersionRecord> stored, Page page)
    {
        var after = Parse(page.After).Function;
        List<VersionRecord> all = [.. stored];
        var names = folders.Names().Where(name => after is null || string.CompareOrdinal(name, after) > 0).Take(page.Count + 1).ToArray();
        var hidden = await world.Store.ReadAsync(view => names.Where(name => view.FindFunction(name) is not null).ToHashSet());
        foreach (var name in names)
        {
            if (!hidden.Contains(name) && await folders.FindAsync(name) is { } shown)
                all.Add(shown);
        }

        all.Sort((one, other) => string.CompareOrdinal(one.Function, other.Function) is not 0 and var order ? order
            : string.CompareOrdinal(KeyOf(one), KeyOf(other)));
        return all.Count > page.Count + 1 ? all[..(page.Count + 1)] : all;
    }

    private static string KeyOf(VersionRecord version) => Tables.VersionKey(version.Function, version.Version).Name;

    private static string MarkerOf(VersionRecord version) => $"{version.Function}:{version.Version}";

    private static (string? Function, string? Version) Parse(string? marker)
    {
        if (marker is null)
            return (null, null);
        var parts = marker.Split(':', 2);
        return (parts[0], parts.Length > 1 ? parts[1] : VersionRecord.Latest);
    }
}
