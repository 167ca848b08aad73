using Thaw.Cli.Deploy;

namespace Thaw.UnitTests.Cli;

public sealed class Deploy_arguments
{
    [Fact]
    public void Ask_for_a_folder_as_it_is()
    {
        var options = Read("samples/hello-node");
        Assert.Equal(("samples/hello-node", null), (options.Function.Path, options.Name));
        Assert.Equal(new Uri("http://127.0.0.1:9000"), options.Endpoint);
        Assert.Equal((false, false, "arn:aws:iam::000000000000:role/thaw"), (options.Publish, options.Json, options.Role));
        Assert.Null(options.Function.TimeoutSeconds ?? options.Function.MemoryMegabytes);
    }

    [Fact]
    public void Say_what_is_wanted()
    {
        var options = Read("--name", "n", "f.zip", "--handler", "h", "--runtime=r", "--layer", "a", "--layer", "b", "--env", "A=1=2",
            "--timeout", "9", "--memory", "512", "--role", "arn", "--publish", "--json", "--endpoint", "http://[::1]:1");
        Assert.Equal(("n", "arn", true, true, new Uri("http://[::1]:1")),
            (options.Name, options.Role, options.Publish, options.Json, options.Endpoint));
        var function = options.Function;
        Assert.Equal(("f.zip", "h", "r", 9, 512),
            (function.Path, function.Handler, function.Runtime, function.TimeoutSeconds, function.MemoryMegabytes));
        Assert.Equal(["a", "b"], function.Layers);
        Assert.Equal("1=2", function.Variables["A"]);
    }

    [Fact]
    public void Say_which_image_and_the_name_of_its_function()
    {
        var options = Read("--image", "i.tar:v1", "orders", "--memory", "512");
        Assert.Equal(("i.tar:v1", "orders", 512), (options.Image, options.Name, options.Function.MemoryMegabytes));
    }

    [Theory]
    [InlineData("which function? Give its folder or zip file")]
    [InlineData("\"b\" is one argument too many", "a", "b")]
    [InlineData("what is the function's name?", "--image", "i.tar")]
    [InlineData("leave --runtime away", "--image", "i.tar", "n", "--runtime", "nodejs22.x")]
    [InlineData("leave --name away", "--image", "i.tar", "n", "--name", "m")]
    [InlineData("--memory wants megabytes from 128", "a", "--memory", "1")]
    [InlineData("--env wants NAME=VALUE", "a", "--env", "A")]
    [InlineData("--endpoint wants the address of a daemon", "a", "--endpoint", "here")]
    [InlineData("there is no option --nmae; did you mean --name?", "a", "--nmae", "x")]
    public void Name_the_mistake_and_its_fix(string problem, params string[] arguments) =>
        Assert.Contains(problem, DeployArguments.Parse(arguments).Problem, StringComparison.Ordinal);

    private static DeployOptions Read(params string[] arguments)
    {
        var read = DeployArguments.Parse(arguments);
        Assert.Null(read.Problem);
        return read.Value;
    }
}
