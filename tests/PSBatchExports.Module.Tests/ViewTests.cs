using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>Views never show unsanitized text of the service.</summary>
public sealed partial class ViewTests
{
    // Their text comes from the caller, not from the service.
    private static readonly string[] CallerTypes = ["BatchExportConnection", "SavedBatchExportFile"];

    [Fact]
    public void Cells_with_text_are_formatted_by_compiled_code()
    {
        var cells =
            from view in Views()
            from cell in view.Descendants("PropertyName")
            select (Type: TypeOf(view), Property: cell.Value);

        Assert.DoesNotContain(cells, cell => !CallerTypes.Contains(cell.Type.Name) && HoldsText(cell.Type, cell.Property));
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
    public void Types_with_text_of_the_service_have_a_list_view()
    {
        var views = Views()
            .ToLookup(view => view.Element("ListControl") is not null, view => TypeOf(view).Name);
        var withoutList = views[false].Except(views[true]);

        string[] expected =
        [
            "BatchExportConnection",
            "BatchExportQueryMeasure",
            "RestartedBatchExportRun",
            "SavedBatchExportFile",
            "StartedBatchExportBackfill",
        ];
        Assert.Equal(expected, withoutList.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Table_headers_are_property_names()
    {
        var headers =
            from view in Views()
            from header in view.Descendants("TableColumnHeader")
            select (Type: TypeOf(view), Name: header.Element("Label")!.Value);

        Assert.All(headers, header => Assert.NotNull(header.Type.GetProperty(header.Name)));
    }

    [Fact]
    public void Type_extensions_add_no_members_that_would_be_completed_or_serialized() =>
        Assert.DoesNotContain(
            XDocument.Load(Repository.PathTo("module", "PSBatchExports.Types.ps1xml")).Descendants(),
            member => member.Name.LocalName is "ScriptProperty" or "CodeProperty" or "ScriptMethod" or "CodeMethod" or "AliasProperty");

    private static Type TypeOf(XElement view)
    {
        var (core, module) = (Assembly.Load("PSBatchExports.Core"), typeof(BatchExportConnection).Assembly);
        return core.GetType(NameOf(view)) ?? module.GetType(NameOf(view), throwOnError: true)!;
    }

    private static string NameOf(XElement view) => view.Element("ViewSelectedBy")!.Element("TypeName")!.Value.Split('#')[0];

    // An object whose strings contain escape sequences and bidirectional controls.
    private static object Hostile(Type type)
    {
        var item = Activator.CreateInstance(type, nonPublic: true)!;
        foreach (var property in type.GetProperties().Where(property => property.PropertyType == typeof(string) && property.CanWrite))
            property.SetValue(item, "\e]0;title\a\u202Etext");

        return item;
    }

    private static string Format(string script, object item) =>
        string.Format(CultureInfo.InvariantCulture, Cell().Match(script).Groups["format"].Value + "}", item);

    private static bool HoldsText(Type type, string property)
    {
        var shown = type.GetProperty(property) ?? throw new ArgumentException($"{type} has no property {property}.");
        var plain = Nullable.GetUnderlyingType(shown.PropertyType) ?? shown.PropertyType;
        return !plain.IsValueType && plain.Name != "BatchExportBackfillProgress";
    }

    private static IEnumerable<XElement> Views() =>
        XDocument.Load(Repository.PathTo("module", "PSBatchExports.Format.ps1xml")).Descendants("View");

    [GeneratedRegex(
        @"^('(?<format>\{0:\w+)\}'|""(?<format>\{0:Timeline)\$\(\$Host\.UI\.RawUI\.BufferSize\.Width\)\}"") -f "
        + @"\(\$_ -is \[System\.Management\.Automation\.PSCustomObject\] \? \(\$_ -as \[PSBatchExports\.Views\.Row\]\) : \$_\)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Cell();

    [GeneratedRegex(@"\e\[\d+m", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Color();
}
