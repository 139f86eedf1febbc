using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>An export that was read is created again: what only the service may set is left out.</summary>
public sealed class CreationTests
{
    private const string Bucket = """ "bucket_name":"b","region":"r","prefix":"p","file_format":"Parquet","compression":"zstd" """;
    private const string Container = """ "container_name":"c","file_format":"Parquet","compression":"zstd" """;
    private const string Warehouse = """ "database":"d","warehouse":"w","schema":"s" """;

    [Theory]
    [InlineData("AwsS3", 731, $$"""{{{Bucket}},"legacy_parquet_extension":true}""", "legacy_parquet_extension", true)]
    [InlineData("AwsS3", 731, $$"""{{{Bucket}},"legacy_parquet_extension":"true"}""", "legacy_parquet_extension", true)]
    [InlineData("AwsS3", 731, $$"""{{{Bucket}},"legacy_parquet_extension":false}""", "legacy_parquet_extension", false)]
    [InlineData("S3Compatible", 732, $$"""{{{Bucket}},"legacy_parquet_extension":true}""", "legacy_parquet_extension", true)]
    [InlineData("AzureBlob", 966, $$"""{{{Container}},"legacy_parquet_extension":true}""", "legacy_parquet_extension", true)]
    [InlineData("S3Compatible", 732, $$"""{{{Bucket}},"endpoint_url":"https://s3.example"}""", "endpoint_url", false)]
    [InlineData(
        "Snowflake",
        802,
        $$"""{{{Warehouse}},"account":"a","authentication_type":"password"}""",
        "account authentication_type",
        false)]
    public async Task Keys_that_the_service_refuses_for_a_new_export_are_left_out(
        string type,
        int integration,
        string config,
        string leftOut,
        bool isSaid)
    {
        await using var service = await TestService.StartAsync();
        var old = service.AddExport(type, integration, config: config);
        var read = await service.Client.In(service.Project).Exports.GetAsync(old.Id.ToString());

        var made = await service.Client.In(service.Project).Exports.CreateAsync(Fields(read.Destination!));

        var sent = Sent(service);
        Assert.All(leftOut.Split(' '), key => Assert.False(sent.ContainsKey(key)));
        Assert.Equal(Wire.Parse(config).Count - leftOut.Split(' ').Length, sent.Count);
        Assert.NotEqual(read.Id, made.Id);
        Assert.Equal(
            isSaid ? 1 : 0,
            service.Observer.Warnings.Count(warning => warning.StartsWith("legacy_parquet_extension", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Snowflake", """{"account":"a"}""", "account")]
    [InlineData("S3Compatible", """{"endpoint_url":"https://s3.example"}""", "endpoint_url")]
    [InlineData("Snowflake", """{"newer":1}""", "newer")]
    [InlineData("Later", """{"legacy_parquet_extension":true}""", "legacy_parquet_extension")]
    public async Task Keys_that_may_be_needed_are_sent(string type, string config, string key)
    {
        await using var service = await TestService.StartAsync();
        var destination = Wire.Destination(Wire.Parse($$"""{"type":"{{type}}","config":{{config}}}"""));

        await service.Client.In(service.Project).Exports.CreateAsync(Fields(destination)).Failure();

        Assert.True(Sent(service).ContainsKey(key));
    }

    [Fact]
    public async Task Keys_are_left_out_regardless_of_case_and_the_given_object_is_not_changed()
    {
        await using var service = await TestService.StartAsync();
        var config = new System.Collections.Hashtable
        {
            ["bucket_name"] = "b",
            ["region"] = "r",
            ["prefix"] = "p",
            ["Legacy_Parquet_Extension"] = true,
        };

        await service.Client.In(service.Project).Exports.CreateAsync(Fields(BatchExportDestination.Create("awss3", config, 731))).Failure();

        Assert.Equal(3, Sent(service).Count);
        Assert.Equal(4, config.Count);
    }

    [Fact]
    public async Task An_update_sends_keys_that_a_new_export_must_not_have()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport(config: $$"""{{{Bucket}},"legacy_parquet_extension":true}""");
        var read = await service.Client.In(service.Project).Exports.GetAsync(export.Id.ToString());

        await service.Client.In(service.Project).Exports.UpdateAsync(read.Id!, new BatchExportFields { Destination = read.Destination });

        Assert.True(Sent(service, "PATCH")["legacy_parquet_extension"]!.GetValue<bool>());
        Assert.Empty(service.Observer.Warnings);
    }

    [Fact]
    public async Task A_check_of_a_new_export_leaves_out_refused_keys()
    {
        await using var service = await TestService.StartAsync();
        var json = Wire.Parse($$"""{"type":"AwsS3","config":{{{Bucket}},"legacy_parquet_extension":true},"integration":731}""");
        var destination = Wire.Destination(json);

        await service.Client.In(service.Project).DestinationTests.TestAsync(Fields(destination)).ToListAsync();

        Assert.False(Sent(service).ContainsKey("legacy_parquet_extension"));
    }

    private static BatchExportFields Fields(BatchExportDestination destination) =>
        new() { Name = "again", Interval = "hour", Destination = destination };

    private static JsonObject Sent(TestService service, string method = "POST") =>
        JsonNode.Parse(service.Requests.Last(request => request.Method == method).Body)!["destination"]!["config"]!.AsObject();
}
