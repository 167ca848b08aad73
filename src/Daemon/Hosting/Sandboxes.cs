using Thaw.Environments;
using Thaw.Sandboxing;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of the kind that the user chose, else of the strongest that works here, which it finds out once.</summary>
internal sealed class Sandboxes : IAsyncDisposable
{
    private readonly Task<ISandboxKind> chosen;

    private Sandboxes(Task<ISandboxKind> chosen) => this.chosen = chosen;

    /// <summary>The name of the kind; that of the weakest while it is not known yet.</summary>
    public string Isolation => chosen.IsCompletedSuccessfully ? chosen.Result.Name : "process";

    /// <summary>Begins to find out, and does not wait.</summary>
    /// <param name="folder">Where sandboxes may write.</param>
    /// <param name="notice">Hears a line when what is strongest does not work here.</param>
    public static Sandboxes Choose(SandboxWishes wishes, string folder, TimeProvider time, Action<string> notice)
    {
        return new(wishes.Isolation == IsolationChoice.Process ? Task.FromResult(Processes()) : Task.Run(ProbeAsync));

        ISandboxKind Processes() => new ProcessSandboxes(wishes.EnforceMemory, time);

        async Task<ISandboxKind> ProbeAsync()
        {
            try
            {
                return await NamespaceSandboxes.ProbeAsync(folder, wishes, time, notice);
            }
            catch (SandboxException impossible) when (wishes.Isolation == IsolationChoice.Auto)
            {
                notice($"functions are isolated by processes only, which hold nobody malicious: {impossible.Message}");
                return Processes();
            }
        }
    }

    /// <summary>Completes when it is known.</summary>
    /// <exception cref="SandboxException">What the user wants does not work here.</exception>
    public Task ReadyAsync() => chosen;

    /// <exception cref="SandboxException">There is none to be had, here and now.</exception>
    public async Task<EnvironmentHome> CreateAsync(EnvironmentPlan plan) => await (await chosen).CreateAsync(plan);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await (await chosen).DisposeAsync();
        }
        catch (SandboxException)
        {
            // There were none.
        }
    }
}
