using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Environments;
using Thaw.UnitTests.Environments.Pool;

namespace Thaw.UnitTests.Environments;

public sealed class Environment_plan
{
    private readonly EnvironmentWorld world = new(
        new FakeTimeProvider(new(2026, 9, 1, 23, 30, 0, TimeSpan.Zero)), new Random(1),
        () => Guid.Parse("01234567-89ab-cdef-0123-456789abcdef"));

    [Fact]
    public void Names_a_log_stream_by_date_and_version() =>
        Assert.Equal("2026/09/01/[$LATEST]0123456789abcdef0123456789abcdef", FakeEnvironments.Plan().NewIdentity(world).LogStream);

    [Fact]
    public void Names_a_log_stream_by_its_function_too_where_others_may_share_the_group()
    {
        var plan = FakeEnvironments.Plan("greeter");
        plan = plan with { Function = plan.Function with { Version = "7", Logging = new LoggingConfig { LogGroup = "ours" } } };
        Assert.Equal("2026/09/01/greeter[7]0123456789abcdef0123456789abcdef", plan.NewIdentity(world).LogStream);
    }

    [Fact]
    public void Knows_the_release_of_its_runtime()
    {
        var plan = FakeEnvironments.Plan();
        var release = new RuntimeRelease("nodejs:22.v1", "arn");
        Assert.Null(plan.NewIdentity(world).Runtime);
        Assert.Equal(release, (plan with { Runtime = plan.Runtime with { Release = release } }).NewIdentity(world).Runtime);
    }
}
