using System.Collections;
using System.Security;
using PSBatchExports.Formatting;
using Xunit;

namespace PSBatchExports.Module.Tests.Formatting;

public sealed class ConfigTextTests
{
    [Fact]
    public void Settings_are_told_and_empty_ones_left_out()
    {
        var config = new Dictionary<string, object?> { ["bucket_name"] = "b", ["max_file_size_mb"] = 12, ["encryption"] = null, ["legacy_parquet_extension"] = false, ["exclude_events"] = new object?[] { "a", "b" } };

        Assert.Equal("bucket_name = b, max_file_size_mb = 12, legacy_parquet_extension = false, exclude_events = a b", Of("AwsS3", config));
    }

    [Theory]
    [InlineData("Snowflake", "user")]
    [InlineData("BigQuery", "client_email")]
    [InlineData("HTTP", "token")]
    [InlineData("NewerThanThis", "aws_secret_access_key")]
    [InlineData("NewerThanThis", "Api_Token")]
    public void Secrets_are_not_told(string type, string key) => Assert.Equal($"{key} = (secret)", Of(type, new Hashtable { [key] = "hush" }));

    [Fact]
    public void Secure_strings_and_secrets_inside_are_not_told()
    {
        using var hush = new SecureString();
        Assert.Equal("anything = (secret)", Of("AwsS3", new Hashtable { ["anything"] = hush }));
        Assert.Equal("copy_inputs = { bucket_credentials = (secret) }", Of("Redshift", new Hashtable { ["copy_inputs"] = new Hashtable { ["bucket_credentials"] = "hush" } }));
    }

    [Fact]
    public void Text_is_harmless() => Assert.Equal("a\uFFFD = b\uFFFD", Of("AwsS3", new Hashtable { ["a\u001b"] = "b\u001b" }));

    private static string Of(string type, IDictionary config) => ConfigText.Of(BatchExportDestination.Create(type, config));
}
