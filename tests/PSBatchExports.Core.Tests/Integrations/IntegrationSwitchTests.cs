using System.Text.Json.Nodes;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Switching exports from one integration to another.</summary>
public sealed class IntegrationSwitchTests
{
    private const string Bucket = """{"bucket_name":"b","region":"r","prefix":"p"}""";

    public static TheoryData<string, int, int, string, IntegrationSwitchStatus> Types => new()
    {
        { "AwsS3", 731, 733, Bucket, IntegrationSwitchStatus.Switched },
        { "S3Compatible", 732, 1732, Bucket, IntegrationSwitchStatus.Switched },
        { "AzureBlob", 966, 1966, """{"container_name":"c"}""", IntegrationSwitchStatus.Switched },
        { "Snowflake", 802, 801, """{"database":"d","warehouse":"w","schema":"s"}""", IntegrationSwitchStatus.Switched },
        { "BigQuery", 915, 916, """{"dataset_id":"d"}""", IntegrationSwitchStatus.Switched },
        {
            "Databricks", 950, 1950, """{"http_path":"h","catalog":"c","schema":"s","table_name":"t"}""", IntegrationSwitchStatus.Switched
        },
        { "Postgres", 811, 1811, """{"database":"d"}""", IntegrationSwitchStatus.SwitchedUntested },
        { "Redshift", 640, 641, """{"database":"d","host":"h.example.com"}""", IntegrationSwitchStatus.SwitchedUntested },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task The_integration_and_nothing_else_is_sent(
        string type, int from, int to, string config, IntegrationSwitchStatus expected)
    {
        await using var service = await StartAsync();
        var export = service.AddExport(type, from, config: config);

        var outcomes = await SwitchAsync(service, from, to);

        Assert.Equal(expected, Assert.Single(outcomes).Switch.Status);
        Assert.Equal(to, export.Integration);
        Wire.AssertSame(
            $$$"""{"destination":{"type":"{{{type}}}","config":{},"integration":{{{to}}}}}""",
            Assert.Single(service.Requests, request => request.Method == "PATCH").Body);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(config), export.Config));
    }

    [Fact]
    public async Task Credentials_inside_of_copy_inputs_are_switched_beside_the_integration_of_the_export()
    {
        await using var service = await StartAsync();
        var export = service.AddExport("Redshift", 640, config: Copy("731", "731"));

        var outcomes = await SwitchAsync(service, 731, 733);

        Assert.Equal(IntegrationSwitchStatus.SwitchedUntested, Assert.Single(outcomes).Switch.Status);
        Wire.AssertSame(
            """
            {"destination":{
                "type":"Redshift","config":{"copy_inputs":{"authorization":733,"bucket_credentials":733}},"integration":640
            }}
            """,
            Assert.Single(service.Requests, request => request.Method == "PATCH").Body);
        Assert.Equal("b", export.Config["copy_inputs"]!["s3_bucket"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_failed_check_leaves_the_export_alone_unless_checks_are_skipped()
    {
        await using var service = await StartAsync();
        var export = service.AddExport(config: """{"bucket_name":"missing","region":"r","prefix":"p"}""");

        var outcome = Assert.Single(await SwitchAsync(service, 731, 733));

        Assert.Equal((IntegrationSwitchStatus.TestFailed, 731), (outcome.Switch.Status, export.Integration));
        Assert.Equal("Check S3 bucket exists", outcome.FailedTest!.Name);
        Assert.DoesNotContain(service.Requests, request => request.Method == "PATCH");

        var untested = Assert.Single(await SwitchAsync(service, 731, 733, test: false));

        Assert.Equal((IntegrationSwitchStatus.Switched, 733), (untested.Switch.Status, export.Integration));
    }

    [Fact]
    public async Task The_check_uses_the_new_integration()
    {
        await using var service = await StartAsync();
        service.AddExport();

        await SwitchAsync(service, 731, 733);

        var checks = service.Requests.Where(request => request.Path.EndsWith("/run_test_step/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, checks.Length);
        Assert.All(checks, check => Assert.Equal(733, Wire.Parse(check.Body)["destination"]!["integration"]!.GetValue<int>()));
    }

    [Fact]
    public async Task An_export_that_was_switched_or_deleted_after_the_plan_is_not_written()
    {
        await using var service = await StartAsync();
        var (switched, deleted) = (service.AddExport(), service.AddExport());
        var switcher = service.Client.In(service.Project).IntegrationSwitch;
        var plan = await switcher.PlanAsync("731", "733").WithTimeout();
        switched.Integration = 1731;
        await service.Client.In(service.Project).Exports.DeleteAsync(deleted.Id.ToString()).WithTimeout();

        Assert.Empty(await switcher.RunAsync(plan, test: false).ToListAsync());

        Assert.Equal(1731, switched.Integration);
        Assert.DoesNotContain(service.Requests, request => request.Method == "PATCH");
    }

    [Fact]
    public async Task A_lost_answer_counts_as_what_is_stored()
    {
        await using var service = await StartAsync();
        service.AddExport();
        service.Break(new Fault { Method = "PATCH", ResetAfterProcessing = true });

        Assert.Equal(IntegrationSwitchStatus.Switched, Assert.Single(await SwitchAsync(service, 731, 733)).Switch.Status);
    }

    [Theory]
    [InlineData(false, IntegrationSwitchStatus.Switched)]
    [InlineData(true, IntegrationSwitchStatus.Failed)]
    public async Task An_export_that_cannot_be_read_after_the_write_counts_as_what_the_answer_said(
        bool isAnswerLost, IntegrationSwitchStatus expected)
    {
        await using var service = await StartAsync();
        var export = service.AddExport();
        service.Break(new Fault { Method = "GET", PathPattern = $"/{export.Id}/$", Skip = 1, Reset = true });
        if (isAnswerLost)
            service.Break(new Fault { Method = "PATCH", ResetAfterProcessing = true });

        var outcome = Assert.Single(await SwitchAsync(service, 731, 733));

        Assert.Equal((expected, isAnswerLost), (outcome.Switch.Status, outcome.IsUncertain));
        Assert.Equal(733, export.Integration);
    }

    [Fact]
    public async Task A_switch_of_a_part_is_undone()
    {
        await using var service = await StartAsync();
        var export = service.AddExport("Redshift", 640, config: Copy("731", "731"));
        AnswerAfterWrite(service, export, "733", "731");

        var outcome = Assert.Single(await SwitchAsync(service, 731, 733));

        Assert.Equal(IntegrationSwitchStatus.RolledBack, outcome.Switch.Status);
        Assert.Equal(731, export.Config["copy_inputs"]!["bucket_credentials"]!.GetValue<int>());
        Assert.Equal(2, service.Requests.Count(request => request.Method == "PATCH"));
    }

    [Fact]
    public async Task A_change_that_somebody_else_made_meanwhile_is_not_undone()
    {
        await using var service = await StartAsync();
        var export = service.AddExport("Redshift", 640, config: Copy("731", "731"));
        AnswerAfterWrite(service, export, "1731", "731");

        var outcome = Assert.Single(await SwitchAsync(service, 731, 733));

        Assert.Equal(IntegrationSwitchStatus.Failed, outcome.Switch.Status);
        Assert.Single(service.Requests, request => request.Method == "PATCH");
    }

    [Fact]
    public async Task A_refused_write_leaves_the_old_integration_and_is_reported()
    {
        await using var service = await StartAsync();
        var export = service.AddExport("Redshift", 640, config: """{"database":"d"}""");

        var outcome = Assert.Single(await SwitchAsync(service, 640, 641));

        Assert.Equal((IntegrationSwitchStatus.Failed, 640), (outcome.Switch.Status, export.Integration));
        Assert.IsType<InvalidRequestException>(outcome.Failure);
    }

    private static void AnswerAfterWrite(TestService service, StoredExport export, string credentials, string authorization)
    {
        var destination = $$"""{"type":"Redshift","integration":640,"config":{{Copy(credentials, authorization)}}}""";
        service.Break(new Fault
        {
            Method = "GET",
            PathPattern = $"/{export.Id}/$",
            Skip = 1,
            Status = 200,
            Body = $$"""{"id":"{{export.Id}}","destination":{{destination}}}""",
        });
    }

    private static async Task<TestService> StartAsync()
    {
        var service = await TestService.StartAsync();
        foreach (var integration in service.Emulator.State.Integrations)
        {
            service.Emulator.State.AddIntegration(
                integration with { Id = integration.Id + 1000, Identity = $"other {integration.Identity}" });
        }

        return service;
    }

    private static async Task<List<IntegrationSwitchOutcome>> SwitchAsync(TestService service, int from, int to, bool test = true)
    {
        var switcher = service.Client.In(service.Project).IntegrationSwitch;
        var plan = await switcher.PlanAsync(Text(from), Text(to)).WithTimeout();
        return await switcher.RunAsync(plan, test).ToListAsync();
    }

    private static string Text(int id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Copy(string credentials, string authorization) => $$$"""
        {
            "database":"d","mode":"COPY","host":"h.example.com",
            "copy_inputs":{"s3_bucket":"b","region_name":"r","authorization":{{{authorization}}},"bucket_credentials":{{{credentials}}}}
        }
        """;
}
