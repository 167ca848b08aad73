using System.Text;
using Microsoft.Extensions.Time.Testing;
using Thaw.EnvironmentApis.Lane;

namespace Thaw.UnitTests.EnvironmentApis.Lane;

public sealed class Date_line
{
    [Fact]
    public void Is_that_of_the_second()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 28, 9, 59, 58, 400, TimeSpan.Zero));
        var line = new DateLine(time);
        Assert.Equal("\r\nDate: Sat, 28 Nov 2026 09:59:58 GMT", Encoding.ASCII.GetString(line.Now));
        time.Advance(TimeSpan.FromMilliseconds(599));
        Assert.Equal("\r\nDate: Sat, 28 Nov 2026 09:59:58 GMT", Encoding.ASCII.GetString(line.Now));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("\r\nDate: Sat, 28 Nov 2026 09:59:59 GMT", Encoding.ASCII.GetString(line.Now));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("\r\nDate: Sat, 28 Nov 2026 10:59:59 GMT", Encoding.ASCII.GetString(line.Now));
    }
}
