using Thaw.Linux;

namespace Thaw.SystemTests.Up;

/// <summary>What was created is there again after the daemon was killed, and what was being made is finished.</summary>
public sealed class Functions_that_outlive_their_daemon : IDisposable
{
    private readonly FunctionsFolder functions = new();

    public void Dispose() => functions.Dispose();

    [Fact]
    public async Task Are_there_again_with_versions_aliases_and_layers()
    {
        await using (var daemon = await RunningDaemon.StartAsync(functions))
        {
            await daemon.CreateReadyAsync("kept", CreatedFunctions.Worker("one"), ",\"Publish\":true");
            (await daemon.UploadAsync("kept", CreatedFunctions.Worker("two"))).Succeeded();
            await daemon.ReadyAsync("kept");
            var alias = await daemon.CallAsync(
                HttpMethod.Post, "/2015-03-31/functions/kept/aliases", """{"Name":"live","FunctionVersion":"1"}""");
            Assert.True(alias.Status == 201, alias.ToString());
            await KillAsync(daemon);
        }

        await using (var daemon = await RunningDaemon.StartAsync(functions))
        {
            Assert.Equal("one", (await daemon.InvokeAsync("kept:live")).Succeeded().Member("word"));
            Assert.Equal("two", (await daemon.InvokeAsync("kept")).Succeeded().Member("word"));
            Assert.Equal(204, (await daemon.CallAsync(HttpMethod.Delete, "/2015-03-31/functions/kept")).Status);
            await KillAsync(daemon);
        }

        await using (var daemon = await RunningDaemon.StartAsync(functions))
        {
            (await daemon.InvokeAsync("kept")).WasRefused(404, "ResourceNotFoundException", ":function:kept");

            // Nothing refers to its code any more.
            await daemon.UntilAsync(() => !Directory.EnumerateFileSystemEntries(Path.Combine(functions.Data, "code")).Any(), "it is gone");
        }
    }

    [Fact, Trait("Spec", "API-019")]
    public async Task Are_finished_when_they_were_being_made()
    {
        for (var round = 0; round < 3; round++)
        {
            await using (var daemon = await RunningDaemon.StartAsync(functions))
            {
                var made = await daemon.CreateAsync($"made{round}", CreatedFunctions.Worker($"{round}"));
                Assert.True(made.Status == 201, made.ToString());
                await KillAsync(daemon);
            }

            await using (var daemon = await RunningDaemon.StartAsync(functions))
            {
                await daemon.ReadyAsync($"made{round}");
                Assert.Equal($"{round}", (await daemon.InvokeAsync($"made{round}")).Succeeded().Member("word"));
            }
        }
    }

    private static async Task KillAsync(RunningDaemon daemon)
    {
        daemon.Signal(Syscalls.SIGKILL);
        await daemon.AwaitClearanceAsync();
    }
}
