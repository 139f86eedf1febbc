using Xunit;

namespace PSBatchExports.Module.Tests.Architecture;

/// <summary>Each folder stands on those before it in its list, and knows nothing of those after it.</summary>
public sealed class FloorTests
{
    public static TheoryData<string, string[]> Projects => new()
    {
        {
            "src/PSBatchExports.Core",
            [
                "Compact", "Time", "Json", "Text", "Secrets", "Models", "Errors", "Schedules", "Wire",
                "Http", "Http/Pagination",
                "Exports", "Integrations", "Projects", "Backfills", "OnDemand", "Runs", "Logs", "Coverage",
                "Files/Integrity", "Files/Disk", "Files/Listing", "Files/Storage", "Files/Download", "Files", "Ledger", "Proofs",
                "Configurations",
                "Client", "Manifests", "Waiting", "Ranges", "Repair", "Reports",
            ]
        },
        {
            "src/PSBatchExports",
            ["Views", "Errors", "Async", "Session", "Parameters", "Completers", "Cmdlets", "Commands"]
        },
    };

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folder_uses_one_above_it(string project, string[] floors)
    {
        var uses = new SourceTree(project).Uses().ToArray();
        Assert.True(uses.Length > 300, $"Only {uses.Length} uses of types were found: the sources did not bind.");

        var upward = uses
            .Where(use => Array.IndexOf(floors, use.To) > Array.IndexOf(floors, use.From))
            .Select(use => $"{use.File} uses {use.Type} of {use.To}")
            .Distinct();

        Assert.Equal("", string.Join(Environment.NewLine, upward));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_folder_has_its_floor(string project, string[] floors) =>
        Assert.Equal(floors.Order(StringComparer.Ordinal), new SourceTree(project).Folders.Order(StringComparer.Ordinal));
}
