using Thaw.Daemon.Functions;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.ServiceApi;

/// <summary>Functions of PackageType Image, as the service takes and shows them.</summary>
public sealed class Image_functions : IAsyncDisposable
{
    private readonly ServiceStage stage = new();
    private readonly TemporaryFolder images = new();

    public async ValueTask DisposeAsync()
    {
        await stage.DisposeAsync();
        images.Dispose();
    }

    [Theory]
    [InlineData(",\"Runtime\":\"provided.al2023\"", "Please don't provide handler or runtime or layer")]
    [InlineData(",\"Handler\":\"h\"", "Please don't provide handler or runtime or layer")]
    [InlineData(",\"Layers\":[\"arn:aws:lambda:us-east-1:000000000000:layer:a:1\"]", "Please don't provide handler or runtime or layer")]
    public async Task Have_no_runtime_no_handler_and_no_layers(string more, string text) =>
        (await CreateAsync($"\"ImageUri\":\"{Layout()}\"", more)).Refused(400, "InvalidParameterValueException", text);

    [Theory]
    [InlineData("\"ZipFile\":\"UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==\"", "Please provide ImageUri")]
    [InlineData("\"ImageUri\":\"/nowhere\",\"S3Key\":\"k\"", "and nothing else")]
    [InlineData("\"ImageUri\":\"/nowhere/at/all\"", "Source image /nowhere/at/all does not exist. Provide a valid source image.")]
    [InlineData("\"ImageUri\":\"registry.example/shop:1\"", "docker save")]
    public async Task Must_name_an_image_that_is_there(string code, string text) =>
        (await CreateAsync(code)).Refused(400, "InvalidParameterValueException", text);

    [Fact]
    public async Task Have_an_image_configuration_within_its_bounds()
    {
        var words = string.Join(',', Enumerable.Repeat("\"a\"", 1_501));
        (await CreateAsync($"\"ImageUri\":\"{Layout()}\"", $",\"ImageConfig\":{{\"Command\":[{words}]}}"))
            .Refused(400, "ValidationException", "imageConfig.command");
        (await CreateAsync($"\"ImageUri\":\"{Layout()}\"", $",\"ImageConfig\":{{\"WorkingDirectory\":\"{new string('a', 1_001)}\"}}"))
            .Refused(400, "ValidationException", "imageConfig.workingDirectory");
        (await stage.CreateAsync("zip", more: "\"ImageConfig\":{}")).Refused(400, "InvalidParameterValueException", "ImageConfig");
    }

    [Fact]
    public async Task That_are_gone_before_they_are_unpacked_fail_and_are_not_invoked()
    {
        var layout = Layout();
        (await CreateAsync($"\"ImageUri\":\"{layout}\"")).Succeeded(201);
        Directory.Delete(layout, recursive: true);
        await stage.DeployAsync();
        var failed = (await stage.GetAsync("/2015-03-31/functions/f/configuration")).Succeeded();
        Assert.Equal(("Failed", "ImageDeleted", $"Source image {layout} does not exist. Provide a valid source image."),
            (failed["State"], failed["StateReasonCode"], failed["StateReason"]));
        var unusable = Assert.IsType<FunctionState.Unusable>(await stage.Functions.FindAsync("f", null));
        Assert.Equal(failed["StateReason"], unusable.Message);
    }

    private async Task<ServiceReply> CreateAsync(string code, string more = "") => await stage.CallAsync("POST", "/2015-03-31/functions",
        $$"""{"FunctionName":"f","Role":"{{ServiceStage.Role}}","PackageType":"Image","Code":{{{code}}}{{more}}}""");

    private string Layout()
    {
        var folder = Path.Combine(images.Path, "image");
        return Directory.Exists(folder) ? folder : new WrittenImage().WithLayer(tar => tar.File("a", "1")).ToLayout(folder);
    }
}
