using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api;

/// <summary>The Python type names that error messages use for JSON values.</summary>
internal static class PythonType
{
    public static string NameOf(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => "str",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => node.ToJsonString().AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? "int" : "float",
        JsonValueKind.Array => "list",
        JsonValueKind.Object => "dict",
        _ => "NoneType",
    };
}
