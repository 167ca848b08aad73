using Thaw.Linux;
using Thaw.Sandboxing.Snapshots;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>
/// What functions draw at random, in many clones of one snapshot that had drawn before it was taken: each source is used in Init
/// too. Fifty clones in full, ten else.
/// </summary>
[Trait("Needs", "time")]
public sealed class Numbers_of_clones : IAsyncDisposable
{
    private const string Node = """
        import crypto, { randomBytes, randomInt, randomUUID } from 'node:crypto';
        import { promisify } from 'node:util';
        const hex = (bytes) => Buffer.from(bytes).toString('hex');
        const { subtle } = globalThis.crypto;
        const draw = async () => ({
          mathRandom: Math.random(), uuid: randomUUID(), web: globalThis.crypto.randomUUID(), int: randomInt(2 ** 47),
          intLater: await promisify(randomInt)(2 ** 47), bytes: hex(randomBytes(8)), bytesLater: hex(await promisify(randomBytes)(8)),
          values: hex(globalThis.crypto.getRandomValues(new Uint8Array(8))),
          key: hex(crypto.generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' })),
          keyLater: hex((await promisify(crypto.generateKeyPair)('x25519')).publicKey.export({ type: 'spki', format: 'der' })),
          ecdh: crypto.createECDH('prime256v1').generateKeys('hex'),
          aes: hex(await subtle.exportKey('raw', await subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']))),
        });
        const ofInit = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(draw));
        export const handler = async (event) => {
          const drawn = await draw();
          await new Promise((resolve) => setTimeout(resolve, event.ms));
          return { ...drawn, init: ofInit[0].uuid };
        };
        """;

    private const string Python = """
        import random, secrets, ssl, time, uuid
        def draw():
            return {'random': random.random(), 'ssl': ssl.RAND_bytes(8).hex(), 'uuid': str(uuid.uuid4()), 'secret': secrets.token_hex(8),
                    'choice': ''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=16)), 'system': random.SystemRandom().random()}
        of_init = draw()
        def handler(event, context):
            drawn = draw()
            time.sleep(event['ms'] / 1000)
            return {**drawn, 'init': of_init['uuid']}
        """;

    private readonly FunctionsFolder functions = new();
    private RunningDaemon? daemon;

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        functions.Dispose();
    }

    [Theory]
    [InlineData("nodejs20.x", "index.mjs", "index.handler", Node)]
    [InlineData("python3.12", "app.py", "app.handler", Python)]
    public Task Are_different_whatever_they_come_from(string runtime, string file, string handler, string code) =>
        AreDifferentAsync(CreatedFunctions.Zip(file, code), runtime, handler, ms => $$"""{"ms":{{ms}}}""");

    [Fact]
    public async Task Are_different_in_class_libraries_of_NET()
    {
        using var library = BuiltFunction.Of("LibraryFunction");
        const string Handler = "LibraryFunction::LibraryFunction.RandomNumbers::AfterInit";
        await AreDifferentAsync(CreatedFunctions.Zip(library.Folder), "dotnet8", Handler, ms => $"{ms}");
    }

    private async Task AreDifferentAsync(byte[] zip, string runtime, string handler, Func<int, string> eventOf)
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root makes sandboxes of namespaces");
        Assert.SkipWhen(Criu.Find() is null, $"there is no CRIU {Criu.Oldest} or later (fix: thaw doctor --fix)");
        var count = Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1" ? 50 : 10;
        daemon = await RunningDaemon.StartAsync(functions, "--isolation", "namespaces", "--memory", "100000");
        const string SnapStart = ""","SnapStart":{"ApplyOn":"PublishedVersions"},"MemorySize":1769""";
        await daemon.CreateReadyAsync("f", zip, SnapStart, runtime, handler);
        Assert.Equal(201, (await daemon.CallAsync(HttpMethod.Post, "/2015-03-31/functions/f/versions", "{}")).Status);
        await daemon.UntilAsync(
            async () => (await daemon.GetAsync("/2015-03-31/functions/f/configuration?Qualifier=1")).Json.GetProperty("SnapStart")
                .GetProperty("OptimizationStatus").GetString() == "On",
            "it has a snapshot");

        // So long that nobody is ready for a second one before the last is there.
        var ms = count * 400;
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => daemon.InvokeAsync("f:1", eventOf(ms))));
        var drawn = answers.Select(answer => answer.Succeeded().Json).ToList();
        foreach (var source in drawn[0].EnumerateObject().Select(member => member.Name))
        {
            var different = drawn.Select(numbers => numbers.GetProperty(source).ToString()).Distinct().Count();
            Assert.True(different == (source == "init" ? 1 : count), $"{source}: {different} different ones of {count}");
        }
    }
}
