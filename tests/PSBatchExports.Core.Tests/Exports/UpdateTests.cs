using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class UpdateTests
{
    private const int MondayAtSix = 24 + 6;

    private static readonly Dictionary<string, int?> Integrations = new()
    {
        ["AwsS3"] = 731,
        ["S3Compatible"] = 732,
        ["Snowflake"] = 802,
        ["Postgres"] = 811,
        ["HTTP"] = null,
        ["BigQuery"] = 915,
        ["Databricks"] = 950,
        ["AzureBlob"] = 966,
        ["Redshift"] = 640,
    };

    private static readonly string[] NeedTheirIntegrationAgain = ["BigQuery", "Databricks", "AzureBlob", "Redshift"];

    public static TheoryData<string> Types() => new(Integrations.Keys);

    [Theory]
    [InlineData("hour", 0, """{"name":"n"}""", """{"name":"n"}""", false)]
    [InlineData("day", 3, """{"timezone":"Europe/Berlin"}""", """{"timezone":"Europe/Berlin"}""", false)]
    [InlineData("day", 3, """{"filters":null,"end_at":null}""", """{"filters":null,"end_at":null}""", false)]
    [InlineData("day", 3, """{"offset_hour":5}""", """{"interval":"day","offset_hour":5}""", true)]
    [InlineData("day", 3, """{"offset_hour":null}""", """{"interval":"day","offset_hour":null}""", true)]
    [InlineData("week", MondayAtSix, """{"offset_hour":5}""", """{"interval":"week","offset_day":1,"offset_hour":5}""", true)]
    [InlineData("week", MondayAtSix, """{"offset_day":2}""", """{"interval":"week","offset_day":2,"offset_hour":6}""", true)]
    [InlineData(
        "week", MondayAtSix, """{"offset_day":0,"offset_hour":7}""", """{"interval":"week","offset_day":0,"offset_hour":7}""", true)]
    [InlineData(
        "week", MondayAtSix, """{"interval":"week","offset_day":2}""", """{"interval":"week","offset_day":2,"offset_hour":6}""", true)]
    [InlineData(
        "week", MondayAtSix, """{"interval":"week","offset_hour":2}""", """{"interval":"week","offset_day":1,"offset_hour":2}""", true)]
    [InlineData(
        "week",
        MondayAtSix,
        """{"interval":"week","offset_day":2,"offset_hour":2}""",
        """{"interval":"week","offset_day":2,"offset_hour":2}""",
        false)]
    [InlineData("day", 3, """{"interval":"week","offset_day":2}""", """{"interval":"week","offset_day":2,"offset_hour":3}""", true)]
    [InlineData("hour", 0, """{"interval":"week","offset_day":2}""", """{"interval":"week","offset_day":2,"offset_hour":0}""", true)]
    [InlineData("hour", 0, """{"interval":"week","offset_hour":2}""", """{"interval":"week","offset_day":0,"offset_hour":2}""", true)]
    [InlineData("day", 3, """{"interval":"week"}""", """{"interval":"week"}""", false)]
    [InlineData("week", MondayAtSix, """{"interval":"day"}""", """{"interval":"day","offset_hour":6}""", true)]
    [InlineData("week", MondayAtSix, """{"interval":"day","offset_hour":4}""", """{"interval":"day","offset_hour":4}""", false)]
    [InlineData("day", 3, """{"interval":"day"}""", """{"interval":"day"}""", true)]
    [InlineData("hour", 0, """{"interval":"day"}""", """{"interval":"day"}""", true)]
    [InlineData("week", MondayAtSix, """{"interval":"hour"}""", """{"interval":"hour"}""", false)]
    [InlineData("day", 3, """{"interval":"every 5 minutes"}""", """{"interval":"every 5 minutes"}""", false)]
    public async Task A_schedule_is_sent_with_the_fields_it_requires(
        string interval,
        int offsetHours,
        string changes,
        string sent,
        bool isReadFirst)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport(interval: interval, offsetHours: offsetHours);

        await service.Client.In(service.Project).Exports.UpdateAsync(export.Id.ToString(), Wire.Fields(Wire.Parse(changes))).WithTimeout();

        AssertSent(service, sent, isReadFirst);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_destination_without_its_type_gets_it_from_the_stored_one(string type)
    {
        await using var service = await TestService.StartAsync();
        var expected = NeedTheirIntegrationAgain.Contains(type) ? Destination(type, Integrations[type]) : Destination(type);

        await UpdateAsync(service, type, Integrations[type], Destination(type: null));

        AssertSent(service, expected, isReadFirst: true);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_destination_with_its_type_is_completed_only_where_the_server_would_forget_the_integration(string type)
    {
        await using var service = await TestService.StartAsync();
        var mustRead = NeedTheirIntegrationAgain.Contains(type);

        await UpdateAsync(service, type, Integrations[type], Destination(type));

        AssertSent(service, mustRead ? Destination(type, Integrations[type]) : Destination(type), mustRead);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_whole_destination_is_sent_as_it_is(string type)
    {
        await using var service = await TestService.StartAsync();
        var whole = Integrations[type] is { } integration ? Destination(type, integration) : Destination(type);

        await UpdateAsync(service, type, Integrations[type], whole);

        AssertSent(service, whole, isReadFirst: false);
    }

    [Fact]
    public async Task A_new_integration_is_sent_with_the_stored_type()
    {
        await using var service = await TestService.StartAsync();

        await UpdateAsync(service, "Redshift", 640, """{"destination":{"config":{"exclude_events":null},"integration":641}}""").Failure();

        AssertSent(
            service,
            """{"destination":{"type":"Redshift","config":{"exclude_events":null},"integration":641}}""",
            isReadFirst: true);
    }

    [Fact]
    public async Task An_export_that_never_had_an_integration_is_not_given_one()
    {
        await using var service = await TestService.StartAsync();

        await UpdateAsync(service, "Redshift", null, Destination("Redshift")).Failure();

        AssertSent(service, Destination("Redshift"), isReadFirst: true);
    }

    [Fact]
    public async Task Schedule_and_destination_are_completed_from_one_reading()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport("BigQuery", 915, "week", MondayAtSix, config: """{"dataset_id":"d"}""");

        var changes = Wire.Fields(Wire.Parse("""{"offset_hour":1,"destination":{"config":{"table_id":"t"}}}"""));
        await service.Client.In(service.Project).Exports.UpdateAsync(export.Id.ToString(), changes).WithTimeout();

        AssertSent(
            service,
            """
            {
                "interval":"week","offset_day":1,"offset_hour":1,
                "destination":{"type":"BigQuery","config":{"table_id":"t"},"integration":915}
            }
            """,
            isReadFirst: true);
    }

    [Fact]
    public async Task A_destination_that_was_read_can_be_sent_back_without_touching_its_secrets()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport("Postgres", null, config: """{"database":"d","host":"h.example.com","user":"u","password":"p"}""");
        var id = export.Id.ToString();
        var stored = (await service.Client.In(service.Project).Exports.GetAsync(id).WithTimeout()).Destination!;
        stored.Config["schema"] = "private";

        await service.Client.In(service.Project).Exports.UpdateAsync(id, new BatchExportFields { Destination = stored }).WithTimeout();

        var sent = Wire.Parse(service.Requests[^1].Body)["destination"]!.AsObject();
        Assert.Equal("private", sent["config"]!["schema"]!.GetValue<string>());
        Assert.DoesNotContain(sent["config"]!.AsObject(), setting => setting.Key is "user" or "password");
        Assert.DoesNotContain("integration", sent.Select(field => field.Key));
        Assert.Equal("p", export.Config["password"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_export_that_is_not_there_is_not_changed()
    {
        await using var service = await TestService.StartAsync();

        var unknown = Guid.NewGuid().ToString();
        var changes = new BatchExportFields { OffsetHour = 3 };
        var failure = await service.Client.In(service.Project).Exports.UpdateAsync(unknown, changes).Failure();

        Assert.IsType<NotFoundException>(failure);
        Assert.Equal("GET", Assert.Single(service.Requests).Method);
    }

    private static Task<BatchExport> UpdateAsync(TestService service, string type, int? integration, string changes)
    {
        var config = type switch
        {
            "AwsS3" or "S3Compatible" => """{"bucket_name":"b","region":"r","prefix":"p"}""",
            "HTTP" => """{"url":"https://eu.i.posthog.com/batch/","token":"phc_secret"}""",
            _ => "{}",
        };
        var export = service.AddExport(type, integration, config: config);
        return service.Client.In(service.Project).Exports.UpdateAsync(export.Id.ToString(), Wire.Fields(Wire.Parse(changes))).WithTimeout();
    }

    private static string Destination(string? type, int? integration = null)
    {
        var destination = new JsonObject { ["config"] = new JsonObject { ["exclude_events"] = null } };
        if (type is not null)
            destination["type"] = type;
        if (integration is not null)
            destination["integration"] = integration;

        return new JsonObject { ["destination"] = destination }.ToJsonString();
    }

    private static void AssertSent(TestService service, string body, bool isReadFirst)
    {
        Assert.Equal(isReadFirst ? ["GET", "PATCH"] : ["PATCH"], service.Requests.Select(request => request.Method));
        Wire.AssertSame(body, service.Requests[^1].Body);
    }
}
