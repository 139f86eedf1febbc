using System.Text.Json.Nodes;
using PSBatchExports.Emulator;
using PSBatchExports.Http;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class RedactionTests
{
    [Fact]
    public async Task Keys_secrets_and_signatures_are_never_shown()
    {
        await using var service = await TestService.StartAsync(options => options with { ApiKey = "phx_TopSecretKey" });
        using var folder = new TestFolder();
        var export = service.AddExport();
        var run = service.AddRun("Completed");
        var destination = Wire.Destination(Wire.Parse("""
            {
                "type": "Redshift",
                "config": {
                    "database": "d", "user": "SecretUser", "password": "SecretPassword", "brand_new_field": "SecretOfTomorrow",
                    "copy_inputs": {
                        "s3_bucket": "b",
                        "authorization": {"aws_access_key_id": "SecretId", "aws_secret_access_key": "SecretAccessKey"}
                    }
                }
            }
            """));
        destination.Config["token"] = TestService.Secret("SecretToken");
        service.Break(new Fault
        {
            Origin = Fault.Storage,
            Status = 403,
            Body = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
        });
        service.Break(new Fault
        {
            Status = 429,
            Headers = new Dictionary<string, string> { ["Retry-After"] = "5", ["Set-Cookie"] = "SecretCookie" },
        });
        var client = service.Connect(options => options with { MaximumRetryCount = 2 });

        var fields = new BatchExportFields { Name = "shown", Destination = destination };
        await client.In(service.Project).Exports.UpdateAsync(export.Id.ToString(), fields).Failure();
        var request = new OnDemandRunRequest { Model = "hogql", HogQLQuery = "SELECT 'SecretQuery'" };
        await client.In(service.Project).OnDemandRuns.StartAsync(request).Failure();
        var query = new LogQuery { Search = "SecretSearch" };
        await client.In(service.Project).Logs.ReadAsync(LogSource.Export(export.Id.ToString()), query).ToListAsync();
        var files = await client.In(service.Project).Files.ListAsync(run.Id.ToString());
        var described = await client.In(service.Project).Files.DescribeAsync(files[0]);
        await client.In(service.Project).Files.SaveAsync([files[0]], new SaveOptions { Folder = folder.Path }).ToListAsync();

        var told = string.Join('\n', service.Observer.Words);
        Assert.Contains("shown", told, StringComparison.Ordinal);
        Assert.Contains("password", told, StringComparison.Ordinal);
        Assert.Contains("/download/", told, StringComparison.Ordinal);
        Assert.Single(service.Observer.Waits);
        Assert.DoesNotContain("Secret", told, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Amz", told, StringComparison.Ordinal);
        Assert.DoesNotContain(new Uri(described.Url!).AbsolutePath, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://h/p?limit=3&personal_api_key=phx_1&search=x", "https://h/p?limit=3&personal_api_key=***&search=***")]
    [InlineData("https://h/p?Limit=3", "https://h/p?Limit=***")]
    [InlineData("https://h/p?flag", "https://h/p?flag=***")]
    [InlineData("https://h/p", "https://h/p")]
    public void Only_known_parameters_are_shown(string url, string shown) => Assert.Equal(shown, Redaction.Url(new Uri(url)));

    [Fact]
    public void Only_known_fields_are_shown_and_only_as_plain_values()
    {
        const string body = """
            {
                "name": "n",
                "config": {"name": "shown too", "password": "p", "list": ["a"], "number": 5, "nothing": null},
                "include": ["x", {"y": "z"}],
                "type": {"deep": "d"}
            }
            """;

        var shown = JsonNode.Parse(Redaction.Body(System.Text.Encoding.UTF8.GetBytes(body)));

        Wire.AssertSame(
            """
            {
                "name": "n",
                "config": {"name": "shown too", "password": "***", "list": ["***"], "number": "***", "nothing": null},
                "include": ["x", {"y": "***"}],
                "type": {"deep": "***"}
            }
            """,
            shown!.ToJsonString());
    }

    [Fact]
    public async Task Exceptions_do_not_contain_the_key()
    {
        await using var service = await TestService.StartAsync();
        service.Emulator.State.RevokeKey(service.Emulator.ApiKey);

        var failure = await service.Client.In(service.Project).Exports.GetAsync("some-id").Failure();

        Assert.IsType<AuthenticationFailedException>(failure);
        Assert.DoesNotContain(service.Emulator.ApiKey, failure.ToString(), StringComparison.Ordinal);
    }
}
