using System.Text.Json;
using System.Text.Json.Nodes;
using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>
/// A folder of functions that a test writes, for <c>thaw up --functions</c>. Each has a mark among its variables, by which its processes
/// are found again, wherever they went.
/// </summary>
internal sealed class FunctionsFolder : IDisposable
{
    /// <summary>A handler in JavaScript that does as its event says, and tells all that it knows.</summary>
    public const string Worker = """
        import { randomUUID } from 'node:crypto';
        import { existsSync } from 'node:fs';
        const born = randomUUID(); // Of this process; those of different environments may have the same number.
        let count = 0;
        const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
        export const handler = async (event, context) => {
          count++;
          if (event.line) console.log(event.line);
          if (event.ms) await pause(event.ms);
          while (event.until && !existsSync(event.until)) await pause(10);
          switch (event.how) {
            case 'throw': throw new RangeError('as asked');
            case 'exit': process.exit(event.status);
            case 'hang': await pause(600_000);
            case 'bytes': return 'x'.repeat(event.bytes - 2);
            case 'nothing': return;
            case 'measure': return JSON.stringify(event).length;
          }
          return {
            event, count, born, id: context.awsRequestId, arn: context.invokedFunctionArn, client: context.clientContext,
            version: context.functionVersion, trace: process.env._X_AMZN_TRACE_ID,
          };
        };
        """;

    private readonly DirectoryInfo folder = OpenFiles.NewFolder("thaw-up-");

    public string Mark { get; } = $"THAW_TEST_UP={Guid.NewGuid():N}";

    /// <summary>Where the functions lie.</summary>
    public string Path => Directory.CreateDirectory(System.IO.Path.Combine(folder.FullName, "functions")).FullName;

    /// <summary>For the daemon; nobody creates it ahead.</summary>
    public string Data => System.IO.Path.Combine(folder.FullName, "data");

    public string this[string function, string file] => System.IO.Path.Combine(Path, function, file);

    /// <summary>A function whose handler is <see cref="Worker"/>, under each of these names.</summary>
    public FunctionsFolder Workers(params string[] names)
    {
        foreach (var name in names)
            Node(name, Worker);
        return this;
    }

    public FunctionsFolder Node(string name, string source, int timeout = 60, int memory = 128) =>
        With(name, "index.mjs", source).Described(name, "nodejs20.x", "index.handler", timeout, memory);

    /// <summary>A runtime of its own, as a program with a first line that names its interpreter.</summary>
    public FunctionsFolder Bootstrap(string name, string source, int timeout = 60, string handler = "index.handler")
    {
        With(name, "bootstrap", source);
        File.SetUnixFileMode(this[name, "bootstrap"], OpenFiles.Program);
        return Described(name, "provided.al2023", handler, timeout, 128);
    }

    public FunctionsFolder Described(string name, string runtime, string handler, int timeout, int memory)
    {
        var mark = Mark.Split('=');
        return With(name, "thaw.json", new JsonObject
        {
            ["Runtime"] = runtime,
            ["Handler"] = handler,
            ["Timeout"] = timeout,
            ["MemorySize"] = memory,
            ["Environment"] = new JsonObject { ["Variables"] = new JsonObject { [mark[0]] = mark[1] } },
        }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    /// <summary>Writes a file of a function, at once: nobody sees half of it.</summary>
    public FunctionsFolder With(string function, string file, string text)
    {
        var path = this[function, file];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var draft = System.IO.Path.Combine(folder.FullName, $"{Guid.NewGuid():N}");
        File.WriteAllText(draft, text);
        File.Move(draft, path, overwrite: true);
        return this;
    }

    public void Delete(string function) => Directory.Delete(System.IO.Path.Combine(Path, function), recursive: true);

    public void Dispose() => folder.Delete(recursive: true);
}
