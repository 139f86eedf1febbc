using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PSBatchExports.Http.Pagination;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>No view shows text of the service as it came.</summary>
public sealed partial class ViewTests
{
    // What is in them is the caller's own, or was cleaned when it was made.
    private static readonly string[] s_ownWords = ["BatchExportConnection", "SavedBatchExportFile"];

    [Fact]
    public void Every_text_goes_through_the_filter()
    {
        var views = XDocument.Load(Repository.PathTo("module", "PSBatchExports.Format.ps1xml")).Descendants("View").ToList();
        var raw =
            from view in views
            let type = TypeOf(view)
            from cell in view.Descendants().Where(cell => cell.Name == "PropertyName" || cell.Name == "ScriptBlock")
            where !s_ownWords.Any(own => $"{type.Name}.{cell.Value}".StartsWith(own, StringComparison.Ordinal))
            where cell.Name == "PropertyName" ? HoldsText(type, cell.Value) : !IsFiltered(cell.Value) && PropertiesIn(cell.Value).Any(property => HoldsText(type, property))
            select $"{type}: {cell.Value}";

        Assert.NotEmpty(views);
        Assert.Empty(raw);
    }

    [Fact]
    public void Every_type_that_has_text_of_the_service_and_a_table_has_a_list()
    {
        var views = XDocument.Load(Repository.PathTo("module", "PSBatchExports.Format.ps1xml")).Descendants("View")
            .ToLookup(view => view.Element("ListControl") is not null, view => TypeOf(view).Name);
        var withoutList = views[false].Except(views[true]);

        Assert.Equal(["BatchExportConnection", "BatchExportQueryMeasure", "RestartedBatchExportRun", "SavedBatchExportFile", "StartedBatchExportBackfill"], withoutList.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_header_of_a_table_is_the_name_of_a_property()
    {
        var views = XDocument.Load(Repository.PathTo("module", "PSBatchExports.Format.ps1xml")).Descendants("View");
        var headers =
            from view in views
            from header in view.Descendants("TableColumnHeader")
            select (Type: TypeOf(view), Name: header.Element("Label")!.Value);

        Assert.All(headers, header => Assert.NotNull(header.Type.GetProperty(header.Name)));
    }

    [Fact]
    public void Nothing_is_attached_to_objects_that_would_be_offered_or_written_to_files() =>
        Assert.DoesNotContain(
            XDocument.Load(Repository.PathTo("module", "PSBatchExports.Types.ps1xml")).Descendants(),
            member => member.Name.LocalName is "ScriptProperty" or "CodeProperty" or "ScriptMethod" or "CodeMethod" or "AliasProperty");

    private static Type TypeOf(XElement view) =>
        Assembly.Load("PSBatchExports.Core").GetType(view.Element("ViewSelectedBy")!.Element("TypeName")!.Value.Split('#')[0], throwOnError: true)!;

    private static IEnumerable<string> PropertiesIn(string script) => Property().Matches(script).Select(match => match.Groups["name"].Value);

    private static bool HoldsText(Type type, string property)
    {
        var shown = type.GetProperty(property) ?? throw new ArgumentException($"{type} has no property {property}.");
        var plain = Nullable.GetUnderlyingType(shown.PropertyType) ?? shown.PropertyType;
        return !plain.IsValueType && plain.Name != "BatchExportBackfillProgress";
    }

    private static bool IsFiltered(string script) =>
        script.Contains(@"[\p{Cc}\p{Cf}-[", StringComparison.Ordinal)
        || script.Contains("-EscapeHandling EscapeNonAscii", StringComparison.Ordinal);

    [GeneratedRegex(@"\$_\.(?<name>\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Property();
}
