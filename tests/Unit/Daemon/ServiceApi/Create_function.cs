using System.Security.Cryptography;
using System.Text;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Create_function : IAsyncDisposable
{
    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact, Trait("Spec", "API-018"), Trait("Spec", "API-013")]
    public async Task Answers_with_a_function_that_is_being_made()
    {
        var made = (await stage.CreateAsync()).Succeeded(201);
        Assert.Equal(("Pending", "Creating", null), (made["State"], made["StateReasonCode"], made.At("LastUpdateStatus")));
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:f", made["FunctionArn"]);
        Assert.Equal(("$LATEST", "2026-01-31T09:15:02.000+0000"), (made["Version"], made["LastModified"]));
    }

    [Fact, Trait("Spec", "API-019"), Trait("Spec", "API-039")]
    public async Task Ends_with_an_active_one_that_is_another_revision()
    {
        var made = await stage.ActiveAsync();
        var now = (await stage.GetAsync("/2015-03-31/functions/f/configuration")).Succeeded();
        Assert.Equal(("Active", "Successful", null), (now["State"], now["LastUpdateStatus"], now.At("StateReasonCode")));
        Assert.NotEqual(made["RevisionId"], now["RevisionId"]);
    }

    [Fact, Trait("Spec", "API-021")]
    public async Task Has_defaults_for_what_nobody_says()
    {
        var made = (await stage.CreateAsync()).Succeeded(201);
        Assert.Equal(("3", "128", "512"), (made["Timeout"], made["MemorySize"], made["EphemeralStorage.Size"]));
        Assert.Equal(("[\"x86_64\"]", "PassThrough", "Zip"), (made["Architectures"], made["TracingConfig.Mode"], made["PackageType"]));
        Assert.Equal(("/aws/lambda/f", "Text", ""), (made["LoggingConfig.LogGroup"], made["LoggingConfig.LogFormat"], made["Description"]));
        Assert.Equal("None", made["SnapStart.ApplyOn"]);
        string[] absent = ["Layers", "Environment", "VpcConfig", "DeadLetterConfig", "FileSystemConfigs", "KMSKeyArn"];
        Assert.All(absent, name => Assert.Null(made.At(name)));
    }

    [Fact]
    public async Task Gives_back_what_it_was_given()
    {
        const string Given = """
            "Description":"d","Timeout":900,"MemorySize":10240,"EphemeralStorage":{"Size":10240},"Architectures":["arm64"],
            "Environment":{"Variables":{"AB":"1"}},"TracingConfig":{"Mode":"Active"},
            "LoggingConfig":{"LogFormat":"JSON","ApplicationLogLevel":"WARN","LogGroup":"mine"},
            "VpcConfig":{"SubnetIds":["subnet-1"],"SecurityGroupIds":["sg-1"]},
            "DeadLetterConfig":{"TargetArn":"arn:aws:sqs:us-east-1:000000000000:q"},
            "FileSystemConfigs":[{"Arn":"arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/a","LocalMountPath":"/mnt/a"}],
            "SnapStart":{"ApplyOn":"None"},"KMSKeyArn":"arn:aws:kms:us-east-1:000000000000:key/k","Unknown":[1]
            """;
        var made = (await stage.CreateAsync(more: Given)).Succeeded(201);
        Assert.Equal(("d", "900", "10240", "10240", "[\"arm64\"]"), (made["Description"], made["Timeout"], made["MemorySize"],
            made["EphemeralStorage.Size"], made["Architectures"]));
        Assert.Equal(("{\"AB\":\"1\"}", "Active"), (made["Environment.Variables"], made["TracingConfig.Mode"]));
        Assert.Equal(("WARN", "INFO", "mine"), (made["LoggingConfig.ApplicationLogLevel"], made["LoggingConfig.SystemLogLevel"],
            made["LoggingConfig.LogGroup"]));
        Assert.Equal(("[\"subnet-1\"]", "[\"sg-1\"]"), (made["VpcConfig.SubnetIds"], made["VpcConfig.SecurityGroupIds"]));
        Assert.Equal("arn:aws:sqs:us-east-1:000000000000:q", made["DeadLetterConfig.TargetArn"]);
        Assert.Equal("/mnt/a", made.Json.GetProperty("FileSystemConfigs")[0].GetProperty("LocalMountPath").GetString());
        Assert.Equal(("None", "arn:aws:kms:us-east-1:000000000000:key/k"), (made["SnapStart.ApplyOn"], made["KMSKeyArn"]));
    }

    [Fact, Trait("Spec", "API-022"), Trait("Spec", "API-016")]
    public async Task Refuses_a_name_that_is_taken()
    {
        await stage.CreateAsync();
        var refused = (await stage.CreateAsync()).Refused(409, "ResourceConflictException", "Function already exist: f");
        Assert.NotNull(refused.At("message"));
    }

    [Fact, Trait("Spec", "API-023")]
    public async Task Takes_names_of_64_letters_and_no_more()
    {
        (await stage.CreateAsync(new string('n', 64))).Succeeded(201);
        (await stage.CreateAsync(new string('n', 65))).Refused(400, "InvalidParameterValueException", "65 characters");
        (await stage.GetAsync("/2015-03-31/functions/" + new string('n', 65))).Refused(
            400, "InvalidParameterValueException", "65 characters");
        (await stage.CreateAsync(new string('n', 257))).Refused(400, "ValidationException", "'functionName'");
        (await stage.CreateAsync("")).Refused(400, "ValidationException", "length greater than or equal to 1");
        (await stage.CreateAsync("bad name!")).Refused(400, "ValidationException", "'bad name!' at 'functionName'");
        (await stage.CreateAsync("arn:aws:lambda:us-east-1:000000000000:function:g")).Succeeded(201);
    }

    [Theory, Trait("Spec", "API-024"), Trait("Spec", "API-025"), Trait("Spec", "API-026")]
    [InlineData("\"MemorySize\":127",
        "'127' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128")]
    [InlineData("\"MemorySize\":10241", "less than or equal to 10240")]
    [InlineData("\"Timeout\":0", "'0' at 'timeout'"), InlineData("\"Timeout\":901", "less than or equal to 900")]
    [InlineData("\"EphemeralStorage\":{\"Size\":511}", "'511' at 'ephemeralStorage.size'")]
    [InlineData("\"EphemeralStorage\":{\"Size\":10241}", "less than or equal to 10240")]
    [InlineData("\"Architectures\":[\"arm64\",\"x86_64\"]", "at 'architectures'")]
    [InlineData("\"Architectures\":[\"m68k\"]", "[x86_64, arm64]")]
    [InlineData("\"TracingConfig\":{\"Mode\":\"x\"}", "[Active, PassThrough]")]
    [InlineData("\"SnapStart\":{\"ApplyOn\":\"x\"}", "snapStart.applyOn")]
    [InlineData("\"Timeout\":0,\"MemorySize\":1", "2 validation errors detected: Value '0' at 'timeout'")]
    [InlineData("\"Environment\":{\"Variables\":{\"A\":\"1\"}}", "{A=***}")]
    [InlineData("\"Layers\":[\"no arn\"]", "at 'layers'")]
    public async Task Refuses_what_breaks_a_constraint(string more, string text) =>
        (await stage.CreateAsync(more: more)).Refused(400, "ValidationException", text);

    [Fact, Trait("Spec", "API-030")]
    public async Task Refuses_a_role_that_is_no_ARN_and_a_call_without_one()
    {
        var body = ServiceStage.Body().Replace(ServiceStage.Role, "admin", StringComparison.Ordinal);
        (await stage.CallAsync("POST", "/2015-03-31/functions", body)).Refused(400, "ValidationException",
            "1 validation error detected: Value 'admin' at 'role' failed to satisfy constraint: Member must satisfy regular expression");
        (await stage.CallAsync("POST", "/2015-03-31/functions", "{}")).Refused(400, "ValidationException", "3 validation errors detected: "
            + "Value null at 'functionName' failed to satisfy constraint: Member must not be null; Value null at 'role'");
    }

    [Theory, Trait("Spec", "API-031"), InlineData("cobol", "'runtime' failed"), InlineData("nodejs12.x", "no longer supported")]
    public async Task Refuses_runtimes_that_are_not_there_or_no_more(string runtime, string text)
    {
        var body = ServiceStage.Body().Replace("provided.al2023", runtime, StringComparison.Ordinal);
        (await stage.CallAsync("POST", "/2015-03-31/functions", body)).Refused(400, "InvalidParameterValueException", text);
    }

    [Fact, Trait("Spec", "API-027")]
    public async Task Takes_variables_of_4096_bytes_and_no_more()
    {
        static string Variables(int bytes) =>
            "\"Environment\":{\"Variables\":{\"AB\":\"" + new string('x', bytes - """{"AB":""}""".Length) + "\"}}";

        (await stage.CreateAsync(more: Variables(4096))).Succeeded(201);
        (await stage.CreateAsync("g", Variables(4097))).Refused(400, "InvalidParameterValueException", "exceeded the 4KB limit");
    }

    [Theory, Trait("Spec", "API-027")]
    [InlineData("\U0001F600", 4), InlineData("\\ud83d\\ude00", 4), InlineData("\u00e9", 2), InlineData("<", 1), InlineData("\u007f", 1)]
    [InlineData("\\\"", 2), InlineData("\\\\", 2), InlineData("\\/", 1), InlineData("\\n", 2), InlineData("\\u0001", 6)]
    public async Task Measures_variables_in_bytes_of_the_shortest_JSON(string letter, int bytes)
    {
        var room = 4096 - """{"AB":""}""".Length;
        string Variables(int count) => "\"Environment\":{\"Variables\":{\"AB\":\""
            + string.Concat(Enumerable.Repeat(letter, count)) + new string('x', room % bytes) + "\"}}";

        (await stage.CreateAsync(more: Variables(room / bytes))).Succeeded(201);
        (await stage.CreateAsync("g", Variables((room / bytes) + 1))).Refused(
            400, "InvalidParameterValueException", "exceeded the 4KB limit");
    }

    [Fact, Trait("Spec", "API-028")]
    public async Task Refuses_variables_that_are_reserved() =>
        (await stage.CreateAsync(more: "\"Environment\":{\"Variables\":{\"AWS_REGION\":\"x\",\"OK\":\"y\"}}")).Refused(
            400, "InvalidParameterValueException", "Reserved keys used in this request: AWS_REGION");

    [Fact, Trait("Spec", "API-029")]
    public async Task Refuses_too_many_layers_two_of_one_and_those_that_are_not_there()
    {
        string Layers(params string[] names) => $"\"Layers\":[{string.Join(",", names.Select(name =>
            $"\"arn:aws:lambda:us-east-1:000000000000:layer:{name}\""))}]";
        (await stage.CreateAsync(more: Layers("a:1", "b:1", "c:1", "d:1", "e:1", "f:1"))).Refused(
            400, "InvalidParameterValueException", "Cannot reference more than 5 layers.");
        (await stage.CreateAsync(more: Layers("a:1", "a:2"))).Refused(
            400, "InvalidParameterValueException", "Two different versions of the same layer");
        (await stage.CreateAsync(more: Layers("a:1"))).Refused(400, "InvalidParameterValueException", "layer:a:1 does not exist");
    }

    [Theory, Trait("Spec", "API-032")]
    [InlineData("\"ZipFile\":\"bm8gemlw\"", "Could not unzip uploaded file. Please check your file, then try to upload again.")]
    [InlineData("\"ZipFile\":\"\"", "non-empty zip"), InlineData("\"S3Bucket\":\"b\",\"S3Key\":\"k\"", "reads no S3")]
    [InlineData("\"ImageUri\":\"a/b:1\"", "Please do not provide ImageUri when creating a function with packageType Zip")]
    [InlineData("", "Please provide a source")]
    public async Task Refuses_code_that_is_none(string code, string text)
    {
        var body = $$"""{"FunctionName":"f","Role":"{{ServiceStage.Role}}","Runtime":"provided.al2023","Handler":"h","Code":{"""
            + code + "}}";
        (await stage.CallAsync("POST", "/2015-03-31/functions", body)).Refused(400, "InvalidParameterValueException", text);
        Assert.Null(await stage.StoredAsync("f"));
    }

    [Theory, InlineData("\"Timeout\":\"3\"", "STRING_VALUE"), InlineData("\"Description\":1", "NUMBER_VALUE")]
    [InlineData("\"Timeout\":1.5", "1.5")]
    [InlineData("\"Environment\":[]", "Start of list"), InlineData("\"Publish\":\"yes\"", "a Boolean")]
    [InlineData("\"Environment\":{\"Variables\":{\"AB\":null}}", "null"), InlineData("\"Description\":\"\\ud800\"", "Unicode")]
    [InlineData("\"Environment\":{\"Variables\":{\"A\\udc00\":\"\"}}", "Unicode"), InlineData("\"Layers\":[null]", "null")]
    [InlineData("\"Code\":{\"ZipFile\":\"\\ud800\"}", "no base64"), InlineData("\"Code\":{\"\\ud800ile\":\"\"}", "Unicode")]
    public async Task Refuses_members_of_the_wrong_type(string more, string text) =>
        (await stage.CreateAsync(more: more)).Refused(400, "SerializationException", text);

    [Theory, InlineData("{"), InlineData("[]"), InlineData("1"), InlineData("{\"a\":1,}")]
    public async Task Refuses_a_body_that_is_no_JSON_object(string body) =>
        (await stage.CallAsync("POST", "/2015-03-31/functions", body)).Refused(400, "SerializationException");

    [Theory, InlineData("\"PublishTo\":\"LATEST_PUBLISHED\"", "PublishTo")]
    [InlineData("\"TenancyConfig\":{\"TenantIsolationMode\":\"PER_TENANT\"}", "TenancyConfig")]
    [InlineData("\"DurableConfig\":{}", "DurableConfig")]
    public async Task Says_what_this_version_does_not_do(string more, string text) =>
        (await stage.CreateAsync(more: more)).Refused(400, "InvalidParameterValueException", text);

    [Fact, Trait("Spec", "API-033")]
    public async Task Tells_the_digest_and_the_size_of_the_zip_as_it_was_sent()
    {
        var zip = ServiceStage.Zip();
        var made = (await stage.CreateAsync(zip: zip)).Succeeded(201);
        Assert.Equal((Convert.ToBase64String(SHA256.HashData(zip)), zip.Length.ToString()), (made["CodeSha256"], made["CodeSize"]));
    }

    [Fact, Trait("Spec", "API-055")]
    public async Task Publishes_the_first_version_if_it_is_told_to()
    {
        var made = await stage.ActiveAsync(more: "\"Publish\":true");
        Assert.Equal(("1", "arn:aws:lambda:us-east-1:000000000000:function:f"), (made["Version"], made["FunctionArn"]));
        Assert.Equal("Active", (await stage.StoredAsync("f", "1"))!.State);
    }

    [Fact]
    public async Task Fails_later_when_no_runtime_is_here()
    {
        var body = ServiceStage.Body().Replace("provided.al2023", "java21", StringComparison.Ordinal)
            .Replace(
                ServiceStage.Base64(ServiceStage.Zip()), ServiceStage.Base64(ServiceStage.Zip(name: "a.jar")), StringComparison.Ordinal);
        (await stage.CallAsync("POST", "/2015-03-31/functions", body)).Succeeded(201);
        await stage.DeployAsync();
        var failed = (await stage.GetAsync("/2015-03-31/functions/f/configuration")).Succeeded();
        Assert.Equal(("Failed", "InvalidRuntime"), (failed["State"], failed["StateReasonCode"]));
        Assert.Contains("java21", failed["StateReason"], StringComparison.Ordinal);

        // A package that brings its own runtime client mends it.
        (await stage.UploadAsync("f", ServiceStage.Zip())).Succeeded();
        await stage.DeployAsync();
        Assert.Equal("Active", (await stage.StoredAsync("f"))!.State);
    }

    [Fact]
    public async Task Is_resumed_by_the_next_start()
    {
        await stage.CreateAsync();
        await stage.StopDeployingAsync();
        Assert.Equal("Pending", (await stage.StoredAsync("f"))!.State);
        await stage.DeployAsync();
        Assert.Equal("Active", (await stage.StoredAsync("f"))!.State);
    }

    [Fact]
    public async Task Refuses_a_zip_that_is_too_large_and_a_body_that_is()
    {
        (await stage.CreateAsync(zip: new byte[52_428_801])).Refused(413, "RequestEntityTooLargeException", "52428800");
        var body = ServiceStage.Body(more: $"\"Padding\":\"{new string('x', 70_167_211)}\"");
        (await stage.CallAsync("POST", "/2015-03-31/functions", body)).Refused(413, "RequestEntityTooLargeException", "70167211");
        Assert.Contains("bootstrap", Encoding.Latin1.GetString(ServiceStage.Zip()), StringComparison.Ordinal);
    }
}
