using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSBatchExports.Configurations;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>The schema in the manifest of the DSC resource is that of configuration files, with what dsc asks for.</summary>
public sealed class ResourceSchemaTests
{
    private const string Canonical = "https://raw.githubusercontent.com/PowerShell/DSC/main/schemas/v3/resource/properties/";
    private const string Exist = $"{Canonical}exist.json";
    private const string InDesiredState = $"{Canonical}inDesiredState.json";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "dsc");

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public void The_manifest_has_the_schema_of_configuration_files()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "batchexport.dsc.resource.json")).ReplaceLineEndings("\n");
        var manifest = JsonNode.Parse(text)!;

        manifest["schema"] = new JsonObject { ["embedded"] = ResourceSchema() };
        var expected = manifest.ToJsonString(Options).ReplaceLineEndings("\n") + "\n";

        var path = Path.Combine(Folder, "expected.json");
        File.WriteAllText(path, expected);
        Assert.True(text == expected, $"dsc/batchexport.dsc.resource.json is out of date. Replace it with {path}.");
    }

    private static JsonNode ResourceSchema()
    {
        var schema = JsonNode.Parse(ConfigurationSchema.Text())!;
        schema["description"] = "The configuration of a PostHog batch export.";

        // The name alone selects an export to get or to delete.
        schema["required"] = new JsonArray(ConfigurationKey.ExportName);

        var properties = schema["properties"]!;
        properties["_exist"] = new JsonObject { ["$ref"] = Exist };
        properties["_inDesiredState"] = new JsonObject { ["$ref"] = InDesiredState };
        properties["_name"] = new JsonObject
        {
            ["type"] = "string",
            ["readOnly"] = true,
            ["description"] = "The name of the instance in an exported configuration document.",
        };

        var definitions = schema["$defs"]!;
        definitions[Exist] = new JsonObject
        {
            ["$id"] = Exist,
            ["type"] = "boolean",
            ["default"] = true,
            ["description"] = "Whether the export exists.",
        };
        definitions[InDesiredState] = new JsonObject
        {
            ["$id"] = InDesiredState,
            ["type"] = new JsonArray("boolean", "null"),
            ["readOnly"] = true,
            ["description"] = "Whether a test found no difference.",
        };
        AllowAnySecret(schema);
        return schema;
    }

    // dsc prints a value that its schema refuses. The resource refuses one, too, without printing it.
    private static void AllowAnySecret(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                AllowAnySecret(item);
        }

        if (node is not JsonObject schema)
            return;

        if (schema["pattern"] is JsonValue)
        {
            schema.Remove("pattern");
            schema.Remove("type");
        }

        foreach (var (_, value) in schema)
            AllowAnySecret(value);
    }
}
