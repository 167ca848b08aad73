namespace Thaw.Bench.Driver.Programs;

/// <summary>A function on disk that answers with its event.</summary>
internal sealed record Function(string Name, string Folder, Language Language)
{
    private const string Handler = "index.handler";

    /// <summary>What runs it.</summary>
    internal string Program => Language.Program ?? Path.Combine(Folder, Language.SourceFile);

    /// <param name="functions">The folder of all functions of one daemon.</param>
    /// <param name="nativeRuntime">The program that is the <c>bootstrap</c> of a native function.</param>
    internal static Function Create(string functions, string name, Language language, string nativeRuntime)
    {
        var folder = Path.Combine(functions, name);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, language.SourceFile);
        if (language.Source is { } source)
            File.WriteAllText(file, source);
        else
            File.Copy(nativeRuntime, file);
        var function = new Function(name, folder, language);
        function.Describe("");
        return function;
    }

    /// <summary>Gives it an extension, which gets a variable too.</summary>
    internal Function WithExtension(string program, string variable, string value)
    {
        var extensions = Directory.CreateDirectory(Path.Combine(Folder, "layer", "extensions")).FullName;
        File.Copy(program, Path.Combine(extensions, "extension"));
        Describe($$$""","Layers":["layer"],{{{Environment(variable, value)}}}""");
        return this;
    }

    /// <summary>Gives it a variable.</summary>
    internal Function WithVariable(string variable, string value)
    {
        Describe($",{Environment(variable, value)}");
        return this;
    }

    /// <summary>Gives it another memory size.</summary>
    internal void WithMemory(int megabytes) => Describe("", megabytes);

    /// <summary>Starts its runtime as Thaw does, without Thaw.</summary>
    /// <param name="stdout">A descriptor for its standard output, if that shall not go into the file as well.</param>
    internal Child StartBare(string runtimeApi, string output, int? stdout = null) =>
        Child.Start(Program, Language.Arguments, Variables(runtimeApi), Folder, output, (null, stdout, null));

    private static string Environment(string variable, string value) =>
        $$$"""
        "Environment":{"Variables":{"{{{variable}}}":"{{{value}}}"}}
        """;

    private void Describe(string more, int? megabytes = null)
    {
        var memory = megabytes ?? (Language.Source is null ? 128 : 512);
        File.WriteAllText(
            Path.Combine(Folder, "thaw.json"),
            $$"""{"Runtime":"{{Language.Runtime}}","Handler":"{{Handler}}","MemorySize":{{memory}},"Timeout":60{{more}}}""");
    }

    // As many as Thaw sets: each costs a runtime some time.
    private string[] Variables(string runtimeApi) =>
    [
        "LANG=en_US.UTF-8",
        "TZ=:UTC",
        $"PATH={Path.GetDirectoryName(Program)}:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        $"LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:{Folder}:{Folder}/lib:/opt/lib",
        "AWS_XRAY_CONTEXT_MISSING=LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000",
        "_AWS_XRAY_DAEMON_ADDRESS=127.0.0.1",
        "_AWS_XRAY_DAEMON_PORT=2000",
        "AWS_LAMBDA_LOG_FORMAT=Text",
        $"_HANDLER={Handler}",
        "AWS_REGION=us-east-1",
        "AWS_DEFAULT_REGION=us-east-1",
        $"AWS_LAMBDA_FUNCTION_NAME={Name}",
        "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
        "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
        "AWS_ACCESS_KEY_ID=none",
        "AWS_SECRET_ACCESS_KEY=none",
        "AWS_SESSION_TOKEN=none",
        $"AWS_LAMBDA_RUNTIME_API={runtimeApi}",
        $"LAMBDA_TASK_ROOT={Folder}",
        "LAMBDA_RUNTIME_DIR=/var/runtime",
        "NODE_PATH=/opt/nodejs/node_modules",
        "PYTHONPATH=/opt/python",
        $"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/{Name}",
        "AWS_LAMBDA_LOG_STREAM_NAME=2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
    ];
}
