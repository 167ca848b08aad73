using Thaw.Daemon.Hosting;

namespace Thaw.UnitTests.Daemon.Hosting;

public sealed class Namespaces_of_plain_users
{
    [Theory]
    [InlineData(IsolationChoice.Auto, false, false, true)]
    [InlineData(IsolationChoice.Namespaces, false, false, true)]
    [InlineData(IsolationChoice.Process, false, false, false)]
    [InlineData(IsolationChoice.Auto, true, true, false)]
    [InlineData(IsolationChoice.Namespaces, true, false, false)]
    [InlineData(IsolationChoice.Auto, false, true, false)]
    public void Are_wanted_by_who_needs_them_and_has_none(IsolationChoice isolation, bool isRoot, bool hasThem, bool wanted) =>
        Assert.Equal(wanted, NamespacesOfPlainUsers.AreWanted(isolation, isRoot, hasThem));
}
