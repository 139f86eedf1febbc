using PSBatchExports.Http.Pagination;
using Xunit;

namespace PSBatchExports.Module.Tests.Architecture;

/// <summary>Pins the layers of each project: a folder may use the folders before it in the list, not those after it.</summary>
public sealed class LayerTests
{
    public static TheoryData<string, string[]> Projects => new()
    {
        {
            "src/PSBatchExports.Core",
            [
                "Json", "Text", "Secrets", "Models", "Errors", "Wire",
                "Http", "Http/Pagination",
                "Exports", "Backfills", "OnDemand", "Runs", "Logs",
                "Files/Integrity", "Files/Disk", "Files/Listing", "Files/Storage", "Files/Download", "Files",
                "Client", "Waiting",
            ]
        },
        {
            "src/PSBatchExports",
            ["Views", "Errors", "Async", "Session", "Parameters", "Cmdlets", "Completers", "Commands"]
        },
    };

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_use_only_lower_layers(string project, string[] layers)
    {
        var upward = new SourceTree(project).Uses()
            .Where(use => Array.IndexOf(layers, use.To) > Array.IndexOf(layers, use.From))
            .Select(use => $"{use.File} uses {use.Type} of {use.To}")
            .Distinct();

        Assert.Equal("", string.Join(Environment.NewLine, upward));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Layers_list_every_folder(string project, string[] layers) =>
        Assert.Equal(layers.Order(StringComparer.Ordinal), new SourceTree(project).Folders.Order(StringComparer.Ordinal));
}
