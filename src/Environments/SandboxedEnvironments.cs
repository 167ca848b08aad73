using Thaw.Contracts;
using Thaw.EnvironmentApis;

namespace Thaw.Environments;

/// <summary>Makes environments in real sandboxes.</summary>
/// <param name="newHome">Makes an empty sandbox of the kind that was chosen, for environments of that plan.</param>
/// <param name="eventsOf">Where the events of a new environment go, until its <see cref="EnvironmentEnded"/>.</param>
public sealed class SandboxedEnvironments(
    Func<EnvironmentPlan, Task<EnvironmentHome>> newHome,
    EnvironmentApiServer apis,
    Func<EnvironmentPlan, EnvironmentIdentity, ILifecycleEvents> eventsOf,
    EnvironmentWorld world) : IEnvironmentFactory
{
    public async Task<IEnvironment> CreateAsync(EnvironmentPlan plan)
    {
        var home = await newHome(plan);
        var identity = plan.NewIdentity(world);
        return ExecutionEnvironment.In(home, plan, identity, apis, eventsOf(plan, identity), world);
    }
}
