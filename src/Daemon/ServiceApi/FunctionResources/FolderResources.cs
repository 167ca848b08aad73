using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>Functions in folders as the service shows them. They have only <c>$LATEST</c>, and change when their files do.</summary>
internal sealed class FolderResources(FunctionFolders folders)
{
    /// <summary>Nobody's: a folder has no role.</summary>
    private const string Role = "arn:aws:iam::000000000000:role/thaw-folder";

    public IReadOnlyList<string> Names() => [.. folders.Names().Where(FunctionName.IsBareName)];

    /// <summary>Null when there is none that the name could mean.</summary>
    public async Task<VersionRecord?> FindAsync(InvokeTarget target) =>
        target.IsLatest ? await FindAsync(target.Function) : null;

    public async Task<VersionRecord?> FindAsync(string name) => await folders.FindAsync(name, qualifier: null) switch
    {
        FunctionState.Ready ready => Shown(ready, name),
        FunctionState.Unusable unusable => Unusable(name, unusable.Message),
        _ => null,
    };

    /// <summary>GetFunction's answer; the code is where it lies.</summary>
    public ServiceAnswer Answer(VersionRecord shown) => new(json =>
    {
        json.WriteObject("Configuration", part =>
            FunctionJson.Write(part, shown, Contracts.FunctionConfiguration.LocalArn(shown.Function)));
        json.WriteObject("Code", part =>
        {
            part.WriteString("RepositoryType", "S3");
            part.WriteString("Location", new Uri(folders.PathOf(shown.Function) + "/").ToString());
        });
    });

    private VersionRecord Shown(FunctionState.Ready ready, string name)
    {
        var function = ready.Plan.Function;
        var logging = function.Logging;
        var isJson = logging.Format == Contracts.LogFormat.Json;
        var settings = new FunctionSettings
        {
            Role = Role,
            PackageType = ready.Plan.Image is null ? "Zip" : "Image",
            Runtime = ready.Plan.Image is null ? function.Runtime : null,
            Handler = ready.Plan.Image is null ? function.Handler : null,
            Timeout = (int)function.Timeout.TotalSeconds,
            MemorySize = function.MemoryMegabytes,
            EphemeralStorage = function.StorageMegabytes,
            Variables = function.Variables.Count > 0 ? function.Variables : null,
            Logging = new LoggingSettings
            {
                LogFormat = isJson ? "JSON" : "Text",
                ApplicationLogLevel = isJson ? logging.ApplicationLevel.ToString().ToUpperInvariant() : null,
                SystemLogLevel = isJson ? logging.SystemLevel.ToString().ToUpperInvariant() : null,
                LogGroup = logging.LogGroup,
            },
        };
        return Version(name, ready.Plan.Revision, settings) with { LastUpdateStatus = "Successful" };
    }

    private VersionRecord Unusable(string name, string why)
    {
        var shown = Version(name, 0, new FunctionSettings { Role = Role });
        return shown with { State = "Failed", StateReason = why, StateReasonCode = "InvalidConfiguration" };
    }

    private VersionRecord Version(string name, long revision, FunctionSettings settings)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{name}:{revision}");
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return new()
        {
            Function = name,
            Version = VersionRecord.Latest,
            RevisionId = new Guid(digest.AsSpan(0, 16)).ToString(),
            LastModified = new DateTimeOffset(File.GetLastWriteTimeUtc(
                Path.Combine(folders.PathOf(name), FunctionDescription.FileName)), TimeSpan.Zero),
            Deployment = new Deployment(settings, new CodeReference(Convert.ToBase64String(digest), 0, 0)),
            Change = revision,
            State = "Active",
        };
    }
}
