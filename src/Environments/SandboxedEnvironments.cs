using Thaw.Contracts;
using Thaw.EnvironmentApis;
using Thaw.Sandboxing;

namespace Thaw.Environments;

/// <summary>Makes environments in real sandboxes.</summary>
/// <param name="newSandbox">Makes an empty sandbox of the kind that was chosen, for that function.</param>
/// <param name="eventsOf">Where the events of a new environment go, until its <see cref="EnvironmentEnded"/>.</param>
public sealed class SandboxedEnvironments(
    Func<FunctionConfiguration, Task<Sandbox>> newSandbox,
    EnvironmentApiServer apis,
    Func<EnvironmentPlan, EnvironmentIdentity, ILifecycleEvents> eventsOf,
    EnvironmentWorld world) : IEnvironmentFactory
{
    public async Task<IEnvironment> CreateAsync(EnvironmentPlan plan)
    {
        var sandbox = await newSandbox(plan.Function);
        var identity = plan.NewIdentity(world);
        return ExecutionEnvironment.In(sandbox, plan, identity, apis, eventsOf(plan, identity), world);
    }
}
