using PSBatchExports.Completers;
using PSBatchExports.Session;
using Xunit;

namespace PSBatchExports.Module.Tests.Completers;

public sealed class SuggestionTests
{
    private static readonly BatchExport Nightly = new()
    {
        Id = "019a",
        Name = "nightly",
        Destination = BatchExportDestination.Create("Snowflake", config: null, integration: 802),
    };

    private static readonly BatchExport ProdEvents = new()
    {
        Id = "019b",
        Name = "prod-events",
        Destination = BatchExportDestination.Create("AwsS3", config: null, integration: 731),
    };

    [Theory]
    [InlineData("", "019a 019b")]
    [InlineData("pro", "019b")]
    [InlineData("EVENTS", "019b")]
    [InlineData("019a", "019a")]
    [InlineData("9a", "")]
    [InlineData("n", "019a 019b")]
    public void Exports_match_any_part_of_the_name_or_a_prefix_of_the_id(string word, string ids) =>
        Assert.Equal(ids, Texts(Suggestions.ExportIds(Remembering(ProdEvents, Nightly)), word));

    [Fact]
    public void Export_suggestion_shows_name_status_and_destination()
    {
        var suggestion = Suggestions.ExportIds(Remembering(Nightly)).Single();

        Assert.Equal("nightly (Active, Snowflake)", suggestion.ListItemText);
        Assert.Equal("nightly, Active, Snowflake, 019a", suggestion.ToolTip);
    }

    [Fact]
    public void Removed_export_is_not_suggested()
    {
        var known = Remembering(ProdEvents, Nightly);
        known.ForgetExport("019a");

        Assert.Equal("019b", Texts(Suggestions.ExportIds(known)));
    }

    [Fact]
    public void Runs_of_one_export_or_on_demand_are_sorted_newest_or_active_first()
    {
        var day = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var known = Remembering(
            new BatchExportRun { RunId = "r1", BatchExportId = "019a", Status = "Running", DataIntervalEnd = day },
            new BatchExportRun { RunId = "r2", BatchExportId = "019a", Status = "Failed", DataIntervalEnd = day.AddDays(1) },
            new BatchExportRun { RunId = "r3", Status = "Completed" });

        Assert.Equal("r2 r1", Texts(Suggestions.RunIds(known, run => run.ExportId == "019a", areActiveFirst: false)));
        Assert.Equal("r1 r2", Texts(Suggestions.RunIds(known, run => run.ExportId == "019a", areActiveFirst: true)));
        Assert.Equal("r2", Texts(Suggestions.RunIds(known, run => run.ExportId == "019a", areActiveFirst: true), "fail"));
        Assert.Equal("r1", Texts(Suggestions.RunIds(known, run => run.ExportId == "019a", areActiveFirst: true), "2026-11-01"));
        Assert.Equal("r3", Texts(Suggestions.RunIds(known, run => run.ExportId is null, areActiveFirst: false)));
    }

    [Fact]
    public void Parts_are_kept_when_a_later_response_omits_the_files()
    {
        var known = Remembering(
            new BatchExportRun { RunId = "r", Status = "Completed", Files = ["f0", "f1"] },
            new BatchExportRun { RunId = "r", Status = "Completed" });

        Assert.Equal("0 1", Texts(Suggestions.Parts(known, "r")));
        Assert.Equal("1", Texts(Suggestions.Parts(known, "r"), "f1"));
        Assert.Empty(Suggestions.Parts(known, "other"));
    }

    [Fact]
    public void Executions_of_one_log_are_sorted_newest_first()
    {
        var day = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var known = Remembering(
            new BatchExportLogEntry { BatchExportId = "019a", InstanceId = "old", Timestamp = day },
            new BatchExportLogEntry { BatchExportId = "019a", InstanceId = "new", Timestamp = day.AddHours(1) },
            new BatchExportLogEntry { BatchExportId = "019a", InstanceId = "new", Timestamp = day.AddHours(-1) },
            new BatchExportLogEntry { RunId = "r", InstanceId = "demand", Timestamp = day });

        Assert.Equal("new old", Texts(Suggestions.Executions(known, "019a", runId: null)));
        Assert.Equal("demand", Texts(Suggestions.Executions(known, exportId: null, "r")));
    }

    [Fact]
    public void Integrations_are_filtered_by_destination_type()
    {
        var known = Remembering(ProdEvents, Nightly);

        Assert.Equal("731 802", Texts(Suggestions.Integrations(known, destination: null)));
        Assert.Equal("802", Texts(Suggestions.Integrations(known, "snowflake")));
    }

    [Fact]
    public void Stored_credentials_are_suggested_by_name_where_that_tells_which()
    {
        var known = Remembering(
            new BatchExportIntegration { IntegrationId = 1, Kind = "aws-s3", Name = "lake" },
            new BatchExportIntegration { IntegrationId = 2, Kind = "snowflake", Name = "lake" },
            new BatchExportIntegration { IntegrationId = 3, Kind = "snowflake", Name = "loader" });

        Assert.Equal("lake loader", Texts(Suggestions.IntegrationNames(known)));
        Assert.Equal("1 2 loader", Texts(Suggestions.IntegrationReferences(known, from: null)));
        Assert.Equal("2 loader", Texts(Suggestions.IntegrationReferences(known, from: null), "snow"));
        Assert.Equal("loader", Texts(Suggestions.IntegrationReferences(known, from: null), "3"));
        Assert.Equal("2", Texts(Suggestions.IntegrationReferences(known, from: "loader")));
    }

    [Fact]
    public void Projects_are_found_by_name_and_number()
    {
        var known = Remembering(
            new BatchExportProject { ProjectId = 42, Name = "web" },
            new BatchExportProject { ProjectId = 7, Name = "app" },
            new BatchExportProject { ProjectId = 8 });

        Assert.Equal("app web", Texts(Suggestions.ProjectNames(known)));
        Assert.Equal("web", Texts(Suggestions.ProjectNames(known), "4"));
    }

    [Fact]
    public void Control_characters_are_not_suggested_and_are_replaced_in_list_items()
    {
        var known = Remembering(new BatchExport { Id = "evil\u001b[2J", Name = "a" }, new BatchExport { Id = "019c", Name = "b\u001b[2J" });

        var suggestion = Assert.Single(Suggestion.Match(Suggestions.ExportIds(known), ""));
        Assert.Equal("b\uFFFD[2J (Active)", suggestion.ListItemText);
    }

    [Fact]
    public void The_oldest_item_is_dropped_at_capacity()
    {
        var recent = new RecentItems<string>(2);
        recent.Add("a", "1");
        recent.Add("b", "2");
        recent.Add("a", "3");
        recent.Add("c", "4");

        Assert.Equal(["2", "4"], recent.All);
        Assert.Null(recent.Find("a"));
    }

    private static KnownObjects Remembering(params object[] items)
    {
        var known = new KnownObjects();
        foreach (var item in items)
            known.Remember(item);

        return known;
    }

    private static string Texts(IEnumerable<Suggestion> suggestions, string word = "") =>
        string.Join(' ', Suggestion.Match(suggestions, word).Select(suggestion => suggestion.Text));
}
