using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>No view shows text of the service as it came.</summary>
public sealed partial class ViewTests
{
    // Their texts are the caller's own.
    private static readonly string[] OwnTypes = ["BatchExportConnection", "SavedBatchExportFile"];

    [Fact]
    public void Every_cell_is_a_number_or_is_compiled()
    {
        var cells = Views().SelectMany(view => view.Descendants().Where(cell => cell.Name == "PropertyName").Select(cell => (Type: TypeOf(view), Property: cell.Value)));

        Assert.DoesNotContain(cells, cell => !OwnTypes.Contains(cell.Type.Name) && HoldsText(cell.Type, cell.Property));
        Assert.All(Views().Descendants("ScriptBlock"), script => Assert.Matches(Cell(), script.Value));
    }

    [Fact]
    public void No_cell_passes_on_characters_that_control_a_terminal()
    {
        foreach (var view in Views().Where(view => view.Descendants("ScriptBlock").Any()))
        {
            var item = Hostile(TypeOf(view));
            Assert.All(view.Descendants("ScriptBlock"), script =>
                Assert.DoesNotMatch("[\\p{Cc}\\p{Cf}-[\n]]", Color().Replace(Format(script.Value, item), "")));
        }
    }

    [Fact]
    public void Every_type_that_has_text_of_the_service_and_a_table_has_a_list()
    {
        var views = Views()
            .ToLookup(view => view.Element("ListControl") is not null, view => TypeOf(view).Name);
        var withoutList = views[false].Except(views[true]);

        Assert.Equal(["BatchExportConnection", "BatchExportQueryMeasure", "RestartedBatchExportRun", "SavedBatchExportFile", "StartedBatchExportBackfill"], withoutList.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_header_of_a_table_is_the_name_of_a_property()
    {
        var headers =
            from view in Views()
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
        (Assembly.Load("PSBatchExports.Core").GetType(NameOf(view)) ?? typeof(BatchExportConnection).Assembly.GetType(NameOf(view), throwOnError: true))!;

    private static string NameOf(XElement view) => view.Element("ViewSelectedBy")!.Element("TypeName")!.Value.Split('#')[0];

    // An object whose texts are all escape sequences and bidirectional controls.
    private static object Hostile(Type type)
    {
        var item = Activator.CreateInstance(type, nonPublic: true)!;
        foreach (var property in type.GetProperties().Where(property => property.PropertyType == typeof(string) && property.CanWrite))
            property.SetValue(item, "\e]0;title\a\u202Etext");

        return item;
    }

    private static string Format(string script, object item) => string.Format(CultureInfo.InvariantCulture, Cell().Match(script).Groups["format"].Value, item);

    private static bool HoldsText(Type type, string property)
    {
        var shown = type.GetProperty(property) ?? throw new ArgumentException($"{type} has no property {property}.");
        var plain = Nullable.GetUnderlyingType(shown.PropertyType) ?? shown.PropertyType;
        return !plain.IsValueType && plain.Name != "BatchExportBackfillProgress";
    }

    private static IEnumerable<XElement> Views() => XDocument.Load(Repository.PathTo("module", "PSBatchExports.Format.ps1xml")).Descendants("View");

    [GeneratedRegex(@"^'(?<format>\{0:\w+\})' -f \(\$_ -is \[System\.Management\.Automation\.PSCustomObject\] \? \(\$_ -as \[PSBatchExports\.Views\.Row\]\) : \$_\)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Cell();

    [GeneratedRegex(@"\e\[\d+m", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Color();
}
