using Thaw.Contracts;

namespace Thaw.UnitTests.Contracts;

public sealed class Runtime_identifier
{
    [Theory]
    [InlineData("nodejs22.x", "nodejs", "22.0"), InlineData("nodejs", "nodejs", null), InlineData("nodejs8.10", "nodejs", "8.10")]
    [InlineData("python3.13", "python", "3.13"), InlineData("python3", "python", null), InlineData("python", "python", null)]
    [InlineData("dotnet8", "dotnet", "8.0"), InlineData("dotnetcore3.1", "dotnet", "3.1"), InlineData("dotnet", "dotnet", null)]
    public void Is_a_language_and_perhaps_a_version(string text, string language, string? version) =>
        Assert.Equal(new RuntimeIdentifier(language, version is null ? null : Version.Parse(version)), RuntimeIdentifier.Parse(text));

    [Theory]
    [InlineData(""), InlineData("node"), InlineData("nodejsx"), InlineData("dotnet-8"), InlineData("java21"), InlineData("provided")]
    public void Is_none_of_another_language(string text) => Assert.Null(RuntimeIdentifier.Parse(text));
}
