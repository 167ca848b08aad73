using System.Diagnostics;
using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>Terraform with AWS's provider, unmodified: what it made it finds as it made it.</summary>
[Trait("Needs", "time")]
public sealed class Terraform_on_the_service : IDisposable
{
    private const string Configuration = """
        terraform {
          required_providers {
            aws = {
              source = "hashicorp/aws"
            }
          }
        }
        variable "endpoint" {}
        variable "text" {}
        provider "aws" {
          region                      = "us-east-1"
          access_key                  = "anything"
          secret_key                  = "anything"
          skip_credentials_validation = true
          skip_requesting_account_id  = true
          skip_metadata_api_check     = true
          endpoints {
            lambda = var.endpoint
          }
        }
        resource "aws_lambda_layer_version" "tools" {
          layer_name          = "tools"
          filename            = "function.zip"
          source_code_hash    = filebase64sha256("function.zip")
          compatible_runtimes = ["nodejs20.x"]
        }
        resource "aws_lambda_code_signing_config" "signed" {
          allowed_publishers {
            signing_profile_version_arns = ["arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/v"]
          }
        }
        resource "aws_lambda_function" "worker" {
          function_name                  = "terraformed"
          role                           = "arn:aws:iam::000000000000:role/r"
          runtime                        = "nodejs20.x"
          handler                        = "index.handler"
          filename                       = "function.zip"
          source_code_hash               = filebase64sha256("function.zip")
          description                    = var.text
          timeout                        = 7
          memory_size                    = 256
          publish                        = true
          layers                         = [aws_lambda_layer_version.tools.arn]
          reserved_concurrent_executions = 3
          tags                           = { team = "a" }
          environment {
            variables = { TEXT = var.text }
          }
          logging_config {
            log_format            = "JSON"
            application_log_level = "WARN"
            system_log_level      = "INFO"
          }
          dead_letter_config {
            target_arn = "arn:aws:sqs:us-east-1:000000000000:q"
          }
          ephemeral_storage {
            size = 1024
          }
          tracing_config {
            mode = "Active"
          }
        }
        resource "aws_lambda_alias" "live" {
          name             = "live"
          function_name    = aws_lambda_function.worker.function_name
          function_version = aws_lambda_function.worker.version
        }
        resource "aws_lambda_permission" "bucket" {
          statement_id  = "bucket"
          action        = "lambda:InvokeFunction"
          function_name = aws_lambda_function.worker.function_name
          qualifier     = aws_lambda_alias.live.name
          principal     = "s3.amazonaws.com"
          source_arn    = "arn:aws:s3:::bucket"
        }
        resource "aws_lambda_function_event_invoke_config" "live" {
          function_name          = aws_lambda_function.worker.function_name
          qualifier              = aws_lambda_alias.live.name
          maximum_retry_attempts = 1
          destination_config {
            on_failure {
              destination = "arn:aws:sqs:us-east-1:000000000000:q"
            }
          }
        }
        """;

    /// <summary>Starting the provider takes seconds on a busy machine, and each step starts it anew.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo folder = OpenFiles.NewFolder("thaw-terraform-");
    private readonly FunctionsFolder functions = new();

    public void Dispose()
    {
        folder.Delete(recursive: true);
        functions.Dispose();
    }

    [Fact, Trait("Spec", "API-126")]
    public async Task Applies_finds_nothing_to_change_updates_and_destroys()
    {
        var plugins = Plugins();
        Assert.SkipUnless(plugins is not null && File.Exists("/usr/local/bin/terraform"),
            "terraform, or its provider hashicorp/aws, is not on this machine; THAW_TERRAFORM_PLUGINS names a mirror of providers");
        await File.WriteAllTextAsync(PathOf("main.tf"), Configuration, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(PathOf("terraform.rc"), $$"""
            provider_installation {
              filesystem_mirror {
                path = "{{plugins}}"
              }
            }
            """, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(PathOf("function.zip"), CreatedFunctions.Worker("one"), TestContext.Current.CancellationToken);
        await using var daemon = await RunningDaemon.StartAsync(functions);

        await RunAsync(daemon, "one", 0, "init");
        await RunAsync(daemon, "one", 0, "apply", "-auto-approve");
        Assert.Equal("one", (await daemon.InvokeAsync("terraformed:live")).Succeeded().Member("word"));
        await RunAsync(daemon, "one", 0, "plan", "-detailed-exitcode");

        // Each step starts the provider anew, which takes long.
        if (Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1")
            await UpdateAsync(daemon);
        await RunAsync(daemon, "two", 0, "destroy", "-auto-approve");
        Assert.Empty((await daemon.GetAsync("/2015-03-31/functions")).Succeeded().Json.GetProperty("Functions").EnumerateArray());
    }

    private async Task UpdateAsync(RunningDaemon daemon)
    {
        await File.WriteAllBytesAsync(PathOf("function.zip"), CreatedFunctions.Worker("two"), TestContext.Current.CancellationToken);
        await RunAsync(daemon, "two", 0, "apply", "-auto-approve");
        var answer = (await daemon.InvokeAsync("terraformed:live")).Succeeded();
        Assert.Equal(("two", "2"), (answer.Member("word"), answer.Header("X-Amz-Executed-Version")));
        await RunAsync(daemon, "two", 0, "plan", "-detailed-exitcode");
    }

    /// <summary>A mirror of providers with AWS's, at one of the places where people put it.</summary>
    private static string? Plugins()
    {
        string[] places =
        [
            Environment.GetEnvironmentVariable("THAW_TERRAFORM_PLUGINS") ?? "",
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".terraform.d/plugins"),
            "/usr/local/share/terraform/plugins",
            "/usr/share/terraform/plugins",
            .. Directory.Exists("/opt") ? Directory.GetDirectories("/opt") : [],
        ];
        return places.FirstOrDefault(place => Directory.Exists(Path.Combine(place, "registry.terraform.io/hashicorp/aws")));
    }

    private async Task RunAsync(RunningDaemon daemon, string text, int expected, params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/local/bin/terraform", [.. command, "-no-color", "-input=false"])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["TF_CLI_CONFIG_FILE"] = PathOf("terraform.rc"),
                ["TF_VAR_endpoint"] = daemon.Address.ToString(),
                ["TF_VAR_text"] = text,
                ["CHECKPOINT_DISABLE"] = "1",
            },
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Assert.True(process.ExitCode == expected, $"terraform {command[0]} ended with {process.ExitCode}:\n{await output}\n{await error}");
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);
}
