using System.Text;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>JSON that editors, shells and other programs leave behind.</summary>
public sealed class ConfigurationTextTests
{
    private static readonly string Good =
        """
        {
          "name": "nightly",
          "interval": "hour",
          "filters": [{ "key": "k", "type": "event", "value": 1 }],
          "destination": {
            "type": "AwsS3",
            "integration": { "kind": "aws-s3", "name": "Export bucket key" },
            "config": { "bucket_name": "b", "region": "r", "prefix": "p" }
          }
        }
        """;

    [Theory]
    [InlineData("\"b\"", "\"Daten für\"", 8)]
    [InlineData("\"key\": \"k\"", "\"schlüssel\": \"k\"", 4)]
    public async Task A_file_in_another_encoding_is_an_error_of_its_own(string good, string bad, int line)
    {
        await using var project = await ConfigurationProject.StartAsync();
        await WriteAsync(project, "good.json", Encoding.UTF8.GetBytes(Good));
        var text = Good.Replace("nightly", "weekly", StringComparison.Ordinal).Replace(good, bad, StringComparison.Ordinal);
        var path = await WriteAsync(project, "latin.json", Encoding.Latin1.GetBytes(text));

        AssertOnlyFailure(await project.CompareAsync(), path, line);
    }

    [Theory]
    [InlineData("\"k\"", "\"\\ud800\"")]
    [InlineData("\"key\"", "\"\\ud800\"")]
    [InlineData("\"value\": 1", "\"value\": 1e400")]
    [InlineData("\"value\": 1", "\"value\": [-1e400]")]
    public async Task A_value_that_cannot_be_sent_is_an_error_with_its_line(string good, string bad)
    {
        await using var project = await ConfigurationProject.StartAsync();
        await WriteAsync(project, "good.json", Encoding.UTF8.GetBytes(Good));
        var text = Good.Replace("nightly", "weekly", StringComparison.Ordinal).Replace(good, bad, StringComparison.Ordinal);
        var path = await WriteAsync(project, "bad.json", Encoding.UTF8.GetBytes(text));

        AssertOnlyFailure(await project.CompareAsync(), path, line: 4);
    }

    [Fact]
    public async Task Numbers_of_any_size_survive_the_way_to_the_service_and_back()
    {
        await using var project = await ConfigurationProject.StartAsync();
        var values = "[1e30, -2.5e-20, 12345678901234567890, 9223372036854775807, 0.10, 1e15, 1.0]";
        var text = Good.Replace("\"value\": 1", $"\"value\": {values}", StringComparison.Ordinal);
        await WriteAsync(project, "nightly.json", Encoding.UTF8.GetBytes(text));
        await project.SyncAsync();

        Assert.Empty(await project.DifferencesAsync());
        var export = Assert.Single(await project.Api.Exports.ListAsync().ToListAsync());
        var file = await project.Api.Configurations.ToFileAsync(export);
        await WriteAsync(project, "nightly.json", Encoding.UTF8.GetBytes(file.TextWith("x")));
        Assert.Empty(await project.DifferencesAsync());
    }

    [Fact]
    public async Task A_key_with_a_dot_is_not_the_key_of_an_object()
    {
        await using var project = await ConfigurationProject.StartAsync();
        var text = Good.Replace("\"key\": \"k\"", "\"a.b\": 1, \"a\": { \"b\": 2 }", StringComparison.Ordinal);
        await WriteAsync(project, "nightly.json", Encoding.UTF8.GetBytes(text));
        text = Good.Replace("nightly", "nightly.paused", StringComparison.Ordinal);
        await WriteAsync(project, "paused.json", Encoding.UTF8.GetBytes(text));
        var overlay = await WriteAsync(
            project,
            "prod.overlay.json",
            Encoding.UTF8.GetBytes("{\"exports\":{\n\"nightly\":{\"paused\":true},\n\"nightly.paused\":{\"Paused\":true}}}"));

        var result = await project.CompareAsync(overlay);

        Assert.Equal("nightly", Assert.Single(result.Differences).Name);
        var failure = Assert.IsType<ConfigurationFileException>(Assert.Single(result.Failures));
        Assert.Equal((overlay, 3), (failure.File, failure.Line));
    }

    [Fact]
    public async Task An_overlay_finds_a_name_with_space_around_it()
    {
        await using var project = await ConfigurationProject.StartAsync();
        var text = Good.Replace("nightly", " nightly ", StringComparison.Ordinal);
        await WriteAsync(project, "nightly.json", Encoding.UTF8.GetBytes(text));
        var overlay = await WriteAsync(project, "o.overlay.json", """{"exports":{"nightly":{"paused":true}}}"""u8.ToArray());

        var created = Assert.Single(await project.DifferencesAsync(overlay));

        Assert.Contains(created.Field, field => field.Path == "paused");
    }

    private static void AssertOnlyFailure(ConfigurationComparisonResult result, string path, int line)
    {
        var failure = Assert.IsType<ConfigurationFileException>(Assert.Single(result.Failures));
        Assert.Equal((path, line), (failure.File, failure.Line));
        Assert.Equal("nightly", Assert.Single(result.Differences).Name);
    }

    private static async Task<string> WriteAsync(ConfigurationProject project, string name, byte[] bytes)
    {
        var path = Path.Combine(project.Folder.Path, name);
        await File.WriteAllBytesAsync(path, bytes);
        return path;
    }
}
