using Microsoft.AspNetCore.Http;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi;

namespace Thaw.UnitTests.Daemon.InvokeApi;

public sealed class Invoke_target
{
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:f";

    [Theory, InlineData("f", "", Arn, true)]
    [InlineData("f:$LATEST", "", Arn + ":$LATEST", true), InlineData("f", "?Qualifier=%24LATEST", Arn + ":$LATEST", true)]
    [InlineData("f:7", "?Qualifier=7", Arn + ":7", false), InlineData("arn:aws:lambda:eu-west-1:123456789012:function:f", "", Arn, true)]
    public void Is_the_function_and_the_version_that_path_and_query_name(string name, string query, string arn, bool isLatest)
    {
        var (target, error) = Read(name, query);
        Assert.Null(error);
        Assert.Equal(("f", arn, isLatest), (target!.Function, target.Arn, target.IsLatest));
    }

    [Theory, InlineData("f g", "", "ValidationException", "'f g' at 'functionName'")]
    [InlineData("a%2Fb", "", "ValidationException", "'a/b' at 'functionName'")]
    [InlineData("f", "?Qualifier=a%20b", "ValidationException", "'a b' at 'qualifier'")]
    [InlineData("f", "?Qualifier=", "ValidationException", "'' at 'qualifier'")]
    [InlineData("f", "?Qualifier", "ValidationException", "'' at 'qualifier'")]
    [InlineData("f:7", "?Qualifier=8", "InvalidParameterValueException", "does not match")]
    public void Is_none_when_one_is_wrong_or_they_differ(string name, string query, string shape, string words)
    {
        var (target, error) = Read(name, query);
        Assert.Null(target);
        Assert.Equal(shape, error!.Shape);
        Assert.Contains(words, error.Text, StringComparison.Ordinal);
    }

    [Theory, Trait("Spec", "API-023")]
    [InlineData("", 65, "InvalidParameterValueException"), InlineData("", 256, "InvalidParameterValueException")]
    [InlineData("", 257, "ValidationException"), InlineData("arn:aws:lambda:us-east-1:000000000000:function:", 65, "ValidationException")]
    public void Is_none_when_the_name_is_too_long(string before, int letters, string shape) =>
        Assert.Equal(shape, Read(before + new string('n', letters), "").Error?.Shape);

    private static (InvokeTarget? Target, LambdaError? Error) Read(string name, string query)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        var call = new KestrelInvokeCall(http, InvokeOperation.Invoke, name);
        return InvokeTarget.Read(call.Function, call.Qualifier);
    }
}
