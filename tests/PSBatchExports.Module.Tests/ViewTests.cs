using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>No view shows text of the service as it came.</summary>
public sealed partial class ViewTests
{
    // What is in them is the caller's own, or was cleaned when it was made.
    private static readonly string[] s_ownWords = ["BatchExportConnection", "SavedBatchExportFile", "BatchExport.Status"];

    [Fact]
    public void Every_text_goes_through_the_filter()
    {
        var views = XDocument.Load(Repository.PathTo("module", "PSBatchExports.Format.ps1xml")).Descendants("View").ToList();
        var raw =
            from view in views
            let type = view.Element("ViewSelectedBy")!.Element("TypeName")!.Value
            from cell in view.Descendants().Where(cell => cell.Name == "PropertyName" || cell.Name == "ScriptBlock")
            where !s_ownWords.Any(own => $"{type}.{cell.Value}".StartsWith($"PSBatchExports.{own}", StringComparison.Ordinal))
            where cell.Name == "PropertyName" ? HoldsText(type, cell.Value) : !IsFiltered(cell.Value)
            select $"{type}: {cell.Value}";

        Assert.NotEmpty(views);
        Assert.Empty(raw);
    }

    [Fact]
    public void Every_type_that_has_text_of_the_service_and_a_table_has_a_list()
    {
        var views = XDocument.Load(Repository.PathTo("module", "PSBatchExports.Format.ps1xml")).Descendants("View")
            .ToLookup(view => view.Element("ListControl") is not null, view => view.Element("ViewSelectedBy")!.Element("TypeName")!.Value);
        var withoutList = views[false].Except(views[true]).Select(type => type["PSBatchExports.".Length..]);

        Assert.Equal(["BatchExportConnection", "BatchExportQueryMeasure", "RestartedBatchExportRun", "SavedBatchExportFile", "StartedBatchExportBackfill"], withoutList.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Views_use_the_hidden_properties_that_the_types_file_attaches_and_no_other()
    {
        var views = XDocument.Load(Repository.PathTo("module", "PSBatchExports.Format.ps1xml")).Descendants("View");
        var used =
            from view in views
            from cell in view.Descendants().Where(cell => cell.Name == "PropertyName" || cell.Name == "ScriptBlock")
            from Match hidden in HiddenProperty().Matches(cell.Value)
            select $"{view.Element("ViewSelectedBy")!.Element("TypeName")!.Value}.{hidden.Value}";
        var types = XDocument.Load(Repository.PathTo("module", "PSBatchExports.Types.ps1xml")).Descendants("Type");
        var attached = types.SelectMany(type => type.Descendants("CodeProperty").Select(property => $"{type.Element("Name")!.Value}.{property.Element("Name")!.Value}"));

        Assert.Equal(attached.Order(StringComparer.Ordinal), used.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    private static bool HoldsText(string type, string property)
    {
        if (HiddenProperty().IsMatch(property))
            return false;

        var shown = Assembly.Load("PSBatchExports.Core").GetType(type, throwOnError: true)!.GetProperty(property)
            ?? throw new ArgumentException($"{type} has no property {property}.");
        var plain = Nullable.GetUnderlyingType(shown.PropertyType) ?? shown.PropertyType;
        return !plain.IsValueType && plain.Name != "BatchExportBackfillProgress";
    }

    private static bool IsFiltered(string script) =>
        script.Contains(@"[\p{Cc}\p{Cf}-[", StringComparison.Ordinal)
        || script.Contains("-EscapeHandling EscapeNonAscii", StringComparison.Ordinal)
        || script.StartsWith("$text = $_.View", StringComparison.Ordinal);

    [GeneratedRegex(@"\bView[A-Z]\w+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex HiddenProperty();
}
