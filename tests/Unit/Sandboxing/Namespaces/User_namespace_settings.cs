using Thaw.Sandboxing.Namespaces;
using Thaw.Testing;

namespace Thaw.UnitTests.Sandboxing.Namespaces;

public sealed class User_namespace_settings : IDisposable
{
    private readonly TemporaryFolder kernel = new();

    public void Dispose() => kernel.Dispose();

    [Theory]
    [InlineData("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1")]
    [InlineData("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=10000")]
    [InlineData("kernel/apparmor_restrict_unprivileged_userns", "1", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")]
    public void Name_the_switch_that_forbids_namespaces(string setting, string value, string fix)
    {
        kernel.Write(setting, value + "\n");
        Assert.Equal(fix, new UserNamespaceSettings(kernel.Path).Explain("unshare failed").Fix);
    }

    [Fact]
    public void Repeat_the_refusal_when_no_switch_stands_behind_it()
    {
        kernel.Write("kernel/unprivileged_userns_clone", "1\n");
        kernel.Write("user/max_user_namespaces", "96364\n");
        kernel.Write("kernel/apparmor_restrict_unprivileged_userns", "0\n");
        var missing = new UserNamespaceSettings(kernel.Path).Explain("unshare: unshare failed: Operation not permitted");

        Assert.Equal("namespaces cannot be made: unshare: unshare failed: Operation not permitted", missing.Reason);
        Assert.StartsWith("in a container, start that with --privileged", missing.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_told_with_the_line_that_mends_them() => Assert.Equal(
        "no namespaces (fix, as root: sysctl -w a=1)", new NoNamespaces("no namespaces", "sysctl -w a=1").ToString());
}
