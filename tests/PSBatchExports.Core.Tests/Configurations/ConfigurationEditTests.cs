using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Files of which one value is changed.</summary>
public sealed class ConfigurationEditTests
{
    private static readonly int Edits = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1" ? 5_000 : 150;

    private static readonly HashSet<string> Schedule = new(["interval", "offset_day", "offset_hour"], StringComparer.Ordinal);

    [Fact]
    public async Task One_edited_value_is_the_only_difference_and_the_only_change_sent()
    {
        await using var project = await ConfigurationProject.StartAsync();
        var samples = new ConfigurationSamples(seed: 4711);
        var files = new List<JsonObject>();
        foreach (var type in ConfigurationSamples.Types)
        {
            foreach (var interval in ConfigurationSamples.Intervals)
                files.Add(samples.Draw(type, interval, $"{type} {interval}", project.Integrations));
        }

        foreach (var file in files)
            project.Write(file);

        await project.SyncAsync();
        for (var edit = 0; edit < Edits; edit++)
        {
            var file = samples.Pick(files);
            var path = samples.Edit(file, project.Integrations);
            project.Write(file);

            var difference = Assert.Single(await project.DifferencesAsync());
            Assert.True(
                difference.Field is [var field] && field.Path == path,
                $"{edit}: {path} was edited, but {string.Join(", ", difference.Field)} differs.");

            var before = project.Service.Requests.Count;
            await project.Api.Configurations.ApplyAsync(difference).WithTimeout();
            AssertSent(path, Assert.Single(project.Writes(before)));

            before = project.Service.Requests.Count;
            await project.SyncAsync();
            Assert.Empty(project.Writes(before));
        }
    }

    private static void AssertSent(string path, PSBatchExports.Emulator.RecordedRequest request)
    {
        if (path == "paused")
        {
            Assert.Equal("POST", request.Method);
            return;
        }

        Assert.Equal("PATCH", request.Method);
        using var body = JsonDocument.Parse(request.Body!);
        var top = path.Split('.', '[')[0];
        var sent = body.RootElement.EnumerateObject().Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        Assert.Contains(top, sent);
        Assert.True(sent.All(name => name == top || (Schedule.Contains(top) && Schedule.Contains(name))), $"{path}: {request.Body}");
        if (top != "destination")
            return;

        var config = body.RootElement.GetProperty("destination").GetProperty("config");
        var settings = config.EnumerateObject().Select(property => $"destination.config.{property.Name}");
        Assert.Equal(path == "destination.integration" ? [] : [path], settings);
    }
}
