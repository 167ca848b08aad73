using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;
using Thaw.Store.Archive;
using Thaw.Store.Records;

namespace Thaw.Daemon.Functions;

/// <summary>What environments of a stored deployment are to run.</summary>
/// <param name="dialect">The wording of their logs and errors.</param>
/// <param name="notice">Hears one line when a runtime's program is not quite the one asked for.</param>
internal sealed class DeploymentPlans(ICodeArchive archive, RuntimeCatalog runtimes, Dialect dialect, Action<string> notice)
{
    // A folder of the same name may have been there before: its revisions are small numbers.
    private const long AboveFolders = 1L << 40;

    /// <param name="change">Of the deployment: it grows with every change.</param>
    /// <exception cref="UnusableCodeException">Its code, or a layer's, cannot be unpacked.</exception>
    /// <exception cref="UnusableFunctionException">This machine has no runtime for it.</exception>
    public async Task<EnvironmentPlan> MakeAsync(string function, string version, Deployment deployment, long change)
    {
        var settings = deployment.Settings;
        var image = deployment.Code.ImageUri is null
            ? null
            : FunctionImage.Of(await archive.ImageOfAsync(deployment.Code), settings.ImageConfig);
        var files = image is null
            ? new FunctionFiles(await archive.FolderOfAsync(deployment.Code), await archive.OptOfAsync(settings.Layers))
            : FunctionFiles.Of(image);
        var isJson = settings.Logging.LogFormat == "JSON";
        return new EnvironmentPlan
        {
            Function = new FunctionConfiguration
            {
                Name = function,
                Version = version,
                Handler = settings.Handler ?? "",
                Runtime = settings.Runtime ?? "",
                Timeout = TimeSpan.FromSeconds(settings.Timeout),
                MemoryMegabytes = settings.MemorySize,
                StorageMegabytes = settings.EphemeralStorage,
                Variables = settings.Variables ?? new Dictionary<string, string>(),
                Logging = new LoggingConfig
                {
                    Format = isJson ? LogFormat.Json : LogFormat.Text,
                    ApplicationLevel = Level(settings.Logging.ApplicationLogLevel),
                    SystemLevel = Level(settings.Logging.SystemLogLevel),
                    LogGroup = settings.Logging.LogGroup,
                },
                Dialect = dialect,
            },
            Files = files,
            Image = image,
            Runtime = image is null ? RuntimeOnThisMachine.Find(runtimes, settings.Runtime ?? "", files, notice) : RuntimeCommand.OfImage,
            Revision = AboveFolders + change,
            InitializationType = version != FunctionConfiguration.Latest && settings.WantsSnapshots
                ? InitializationType.SnapStart
                : InitializationType.OnDemand,
        };
    }

    private static LogSeverity Level(string? name) =>
        name is null ? LogSeverity.Info : Enum.Parse<LogSeverity>(name, ignoreCase: true);
}
