using Thaw.Contracts;
using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;
using Thaw.Store.Archive;

namespace Thaw.Daemon.Functions;

/// <summary>A function given as a folder or zip, with a <c>thaw.json</c> or without; what is missing is guessed from its files.</summary>
/// <param name="Sources">The folders and zips that it was read from: when one of them changes, the function has.</param>
public sealed record FunctionFolder(FunctionConfiguration Configuration, FunctionFiles Files, IReadOnlyList<string> Sources)
{
    public string? Description { get; init; }

    /// <summary>The container image that it is; null for code.</summary>
    public FunctionImage? Image { get; init; }

    /// <summary>CreateFunction's members that the user, or its <c>thaw.json</c>, has set; the others are guessed, or defaults.</summary>
    public IReadOnlySet<string> Said { get; init; } = new HashSet<string>();

    /// <summary>Reads the function; unpacks what is packed, and merges layers, below <paramref name="workFolder"/>.</summary>
    /// <exception cref="UnusableFunctionException">Something the user gave cannot be used; the message says what to do.</exception>
    /// <param name="images">Where images lie unpacked, to be found again; null for below <paramref name="workFolder"/>.</param>
    public static FunctionFolder Load(FunctionRequest request, string workFolder, CodeArchive? images = null)
    {
        var path = Path.GetFullPath(request.Path);
        var code = Directory.Exists(path) ? path : Archive.Unpack(path, Path.Combine(workFolder, "code"));
        UserFiles.MustBeReadable(code);
        var written = FunctionDescription.Read(Path.Combine(code, FunctionDescription.FileName));
        if (written.IsImage)
        {
            using var own = images is null ? new CodeArchive(Path.Combine(workFolder, "images")) : null;
            return LoadImage(request, written, code, images ?? own!);
        }

        string[] layers =
        [
            .. request.Layers.Select(Path.GetFullPath),
            .. written.LayerPaths.Select(layer => Path.GetFullPath(layer, code)),
        ];
        var opt = Layers.Merge(layers, Path.Combine(workFolder, "opt"));
        return new FunctionFolder(Configure(request, written, code, opt), new FunctionFiles(code, opt), [path, .. layers])
        {
            Description = written.Description,
            Said = Members(request, written),
        };
    }

    /// <summary>A function of which nothing is known here but what the user says: it is a container image, and lies elsewhere.</summary>
    /// <exception cref="UnusableFunctionException">Something the user gave cannot be used; the message says what to do.</exception>
    public static FunctionFolder OfImage(FunctionRequest request) =>
        new(Configured(request, new(), runtime: "", handler: ""), new FunctionFiles("", ""), []) { Said = Members(request, new()) };

    private static FunctionFolder LoadImage(FunctionRequest request, FunctionDescription written, string code, CodeArchive images)
    {
        if ((request.Runtime ?? written.Runtime ?? request.Handler ?? written.Handler) is not null || request.Layers.Count > 0
            || written.Layers is { Count: > 0 })
        {
            throw new UnusableFunctionException("a function of PackageType Image has no Runtime, Handler or Layers: its image has them");
        }

        var (image, source) = (written.Code ?? new()).Unpack(written.ImageConfig, code, images);
        var function = Configured(request, written, runtime: "", handler: "");
        return new FunctionFolder(function, FunctionFiles.Of(image), [Path.GetFullPath(request.Path), source])
        {
            Description = written.Description,
            Image = image,
            Said = Members(request, written),
        };
    }

    /// <summary>How its runtime starts on this machine.</summary>
    /// <param name="notice">Hears one line when the program is not quite the one asked for.</param>
    /// <exception cref="UnusableFunctionException">This machine cannot run it.</exception>
    public RuntimeCommand FindRuntime(RuntimeCatalog catalog, Action<string> notice) =>
        Image is null ? RuntimeOnThisMachine.Find(catalog, Configuration.Runtime, Files, notice) : RuntimeCommand.OfImage;

    private static HashSet<string> Members(FunctionRequest request, FunctionDescription written)
    {
        (string Name, bool IsSaid)[] members =
        [
            (nameof(written.Description), written.Description is not null),
            (nameof(written.Runtime), (request.Runtime ?? written.Runtime) is not null),
            (nameof(written.Handler), (request.Handler ?? written.Handler) is not null),
            ("Timeout", (request.TimeoutSeconds ?? written.TimeoutSeconds) is not null),
            ("MemorySize", (request.MemoryMegabytes ?? written.MemoryMegabytes) is not null),
            (nameof(written.EphemeralStorage), written.EphemeralStorage?.Size is not null),
            (nameof(written.Environment), written.Environment is not null || request.Variables.Count > 0),
            (nameof(written.Layers), written.Layers is not null || request.Layers.Count > 0),
            (nameof(written.LoggingConfig), written.LoggingConfig is not null),
        ];
        return [.. members.Where(member => member.IsSaid).Select(member => member.Name)];
    }

    private static FunctionConfiguration Configure(FunctionRequest request, FunctionDescription written, string code, string opt)
    {
        var guess = EntryGuess.From(code, opt);
        var runtime = request.Runtime ?? written.Runtime ?? guess?.Runtime
            ?? throw new UnusableFunctionException(
                $"cannot tell the runtime of {code}: it has no {EntryGuess.Files}; "
                + $"say it in {FunctionDescription.FileName}, for example {FunctionDescription.Example}, or by --runtime");
        return Configured(request, written, runtime, request.Handler ?? written.Handler ?? guess?.Handler ?? "function.handler");
    }

    private static FunctionConfiguration Configured(FunctionRequest request, FunctionDescription written, string runtime, string handler)
    {
        var variables = new Dictionary<string, string>(written.Variables);
        foreach (var (name, value) in request.Variables)
            variables[name] = value;

        var function = new FunctionConfiguration
        {
            Name = Name(request.Path),
            Runtime = runtime,
            Handler = handler,
            Timeout = TimeSpan.FromSeconds(request.TimeoutSeconds ?? written.TimeoutSeconds ?? Limits.DefaultTimeoutSeconds),
            MemoryMegabytes = request.MemoryMegabytes ?? written.MemoryMegabytes ?? Limits.DefaultMemoryMegabytes,
            StorageMegabytes = written.EphemeralStorage?.Size ?? Limits.DefaultStorageMegabytes,
            Variables = variables,
            Logging = written.LoggingConfig?.ToConfig() ?? new LoggingConfig(),
            Dialect = request.Dialect ?? Written(written.LogDialect) ?? request.UsualDialect,
        };
        Validate(function);
        return function;
    }

    private static Dialect? Written(string? dialect) => dialect is null
        ? null
        : Dialects.Find(dialect) ?? throw new UnusableFunctionException(
            $"LogDialect is {string.Join(" or ", Dialects.All.Select(known => known.Name))}, not \"{dialect}\"");

    private static void Validate(FunctionConfiguration function)
    {
        if (function.Timeout.TotalSeconds is < Limits.MinTimeoutSeconds or > Limits.MaxTimeoutSeconds)
            throw new UnusableFunctionException($"the timeout must be {Limits.MinTimeoutSeconds} to {Limits.MaxTimeoutSeconds} seconds");
        if (function.MemoryMegabytes is < Limits.MinMemoryMegabytes or > Limits.MaxMemoryMegabytes)
            throw new UnusableFunctionException($"the memory must be {Limits.MinMemoryMegabytes} to {Limits.MaxMemoryMegabytes} MB");
        if (function.StorageMegabytes is < Limits.MinStorageMegabytes or > Limits.MaxStorageMegabytes)
        {
            throw new UnusableFunctionException(
                $"the ephemeral storage must be {Limits.MinStorageMegabytes} to {Limits.MaxStorageMegabytes} MB");
        }

        if (function.Variables.Keys.Where(EnvironmentVariables.IsReserved).ToArray() is { Length: > 0 } reserved)
            throw new UnusableFunctionException($"Lambda reserves these variables, so they cannot be set: {string.Join(", ", reserved)}");
        var bytes = function.Variables.Sum(variable => System.Text.Encoding.UTF8.GetByteCount(variable.Key + variable.Value));
        if (bytes > Limits.CustomerVariableBytes)
            throw new UnusableFunctionException($"the variables take {bytes} bytes together, Lambda allows {Limits.CustomerVariableBytes}");
    }

    // A function is named like its folder; what a name may not contain becomes a dash.
    private static string Name(string path)
    {
        var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        var allowed = string.Concat(name.Take(FunctionName.MaxBareLength).Select(letter => FunctionName.MayContain(letter) ? letter : '-'));
        return allowed.Length == 0 ? "function" : allowed;
    }
}
