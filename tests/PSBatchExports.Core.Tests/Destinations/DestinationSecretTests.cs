using System.Collections;
using System.Text.Json;
using Xunit;

namespace PSBatchExports.Core.Tests.Destinations;

public sealed class DestinationSecretTests
{
    [Theory]
    [InlineData("Snowflake", "user")]
    [InlineData("BigQuery", "client_email")]
    [InlineData("HTTP", "Token")]
    [InlineData("NewerThanThis", "aws_secret_access_key")]
    [InlineData(null, "Api_Token")]
    public void Strings_under_keys_of_secrets_are_protected(string? type, string key)
    {
        var config = BatchExportDestination.Create(type, new Hashtable { [key] = "hush", ["schema"] = "s" }).Config;

        Assert.IsType<DestinationSecret>(config[key]);
        Assert.Equal("s", config["schema"]);
    }

    [Fact]
    public void Secure_strings_are_protected_under_any_key()
    {
        var config = BatchExportDestination.Create("Redshift", new Dictionary<string, object?>
        {
            ["anything"] = TestService.Secret("hush"),
            ["copy_inputs"] = new Dictionary<string, object?>
            {
                ["bucket_credentials"] = new Hashtable { ["aws_access_key_id"] = "hush" },
                ["s3_bucket"] = "b",
            },
            ["later"] = new ArrayList { new Hashtable { ["one"] = TestService.Secret("hush") } },
        }).Config;

        Assert.Equal(
            """{"anything":{"Secret":"(secret)"},"copy_inputs":{"bucket_credentials":{"aws_access_key_id":{"Secret":"(secret)"}}""" +
            ""","s3_bucket":"b"},"later":[{"one":{"Secret":"(secret)"}}]}""",
            JsonSerializer.Serialize(config, config.GetType()));
    }

    [Fact]
    public void Secrets_are_not_shown()
    {
        var (one, other) = (Token("a"), Token("a much longer one"));

        Assert.Equal("(secret)", $"{one}");
        Assert.Equal(JsonSerializer.Serialize(one), JsonSerializer.Serialize(other));
        Assert.NotEqual(one, Token("a"));
    }

    [Fact]
    public async Task Secrets_are_sent_unchanged()
    {
        await using var service = await TestService.StartAsync();
        using var secret = TestService.Secret("phc_hush\"");
        var destination = BatchExportDestination.Create(
            "HTTP",
            new Hashtable { ["url"] = "https://eu.i.posthog.com/batch/", ["token"] = secret });
        secret.Dispose();

        var fields = new BatchExportFields { Name = "n", Interval = "hour", Destination = destination };
        await service.Client.In(service.Project).Exports.CreateAsync(fields);

        using var body = JsonDocument.Parse(service.Requests.Single(request => request.Method == "POST").Body!);
        Assert.Equal("phc_hush\"", body.RootElement.GetProperty("destination").GetProperty("config").GetProperty("token").GetString());
    }

    [Fact]
    public void The_marker_of_a_secret_is_not_accepted_as_a_secret()
    {
        var mark = new Dictionary<string, object?> { ["secret"] = "(secret)" };

        Assert.Equal("token", Missing(new Hashtable { ["token"] = "(secret)" }).Key);
        Assert.Equal("token", Missing(new Hashtable { ["token"] = mark }).Key);
        var nested = new Hashtable { ["authorization"] = mark };
        Assert.Equal("copy_inputs.authorization", Missing(new Hashtable { ["copy_inputs"] = nested }).Key);
        Assert.Equal("later[1].key", Missing(new Hashtable { ["later"] = new object[] { 1, new Hashtable { ["key"] = mark } } }).Key);
        Assert.NotNull(BatchExportDestination.Create("HTTP", new Hashtable { ["other"] = new Hashtable { ["Secret"] = "mine" } }));
    }

    [Fact]
    public async Task A_destination_with_a_missing_secret_is_not_sent()
    {
        await using var service = await TestService.StartAsync();
        var destination = BatchExportDestination.Create("HTTP", new Hashtable { ["url"] = "https://eu.i.posthog.com/batch/" });
        destination.Config["token"] = "(secret)";

        var fields = new BatchExportFields { Name = "n", Interval = "hour", Destination = destination };
        await Assert.ThrowsAsync<DestinationSecretMissingException>(() =>
            service.Client.In(service.Project).Exports.CreateAsync(fields));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public void Settings_that_contain_themselves_are_refused()
    {
        var config = new Hashtable();
        config["inner"] = config;

        var refusal = Assert.Throws<ArgumentException>(() => BatchExportDestination.Create("HTTP", config));
        Assert.Contains("holds itself", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_destination_equals_the_name_of_its_type()
    {
        var one = BatchExportDestination.Create("AwsS3", config: null);

        Assert.True(one.Equals("awss3"));
        Assert.True(one.Equals((object)"AwsS3"));
        Assert.False(one.Equals((object)"Snowflake"));
        Assert.False(one.Equals((object)BatchExportDestination.Create("AwsS3", config: null)));
        Assert.True(one.Equals((object)one));
        Assert.Equal(one.GetHashCode(), BatchExportDestination.Create("awsS3", config: null).GetHashCode());
    }

    private static object Token(string text) => BatchExportDestination.Create("HTTP", new Hashtable { ["token"] = text }).Config["token"]!;

    private static DestinationSecretMissingException Missing(IDictionary config) =>
        Assert.Throws<DestinationSecretMissingException>(() => BatchExportDestination.Create("HTTP", config));
}
