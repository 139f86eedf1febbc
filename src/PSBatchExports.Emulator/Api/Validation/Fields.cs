using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Reads the fields of a body; errors name them with <paramref name="scope"/> in front.</summary>
internal sealed class Fields(JsonObject body, string scope = "")
{
    public bool Has(string name) => body.ContainsKey(name);

    public bool IsNull(string name) => body[name] is null;

    public JsonNode? Node(string name) => body[name];

    public string Attribute(string name) => scope + name;

    public void Require(string name)
    {
        if (!Has(name))
            throw Problem.Required(Attribute(name));
    }

    public void RejectNull(string name)
    {
        if (Has(name) && IsNull(name))
            throw Problem.Null(Attribute(name));
    }

    public string? Text(string name, bool mayBeBlank = false)
    {
        if (Node(name) is not { } node)
            return null;

        var text = node.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.Number => node.ToJsonString(),
            _ => throw Problem.Invalid("Not a valid string.", Attribute(name)),
        };
        return mayBeBlank || !string.IsNullOrWhiteSpace(text) ? text : throw Problem.Blank(Attribute(name));
    }

    public string? Choice(string name, params string[] choices)
    {
        if (Node(name) is not { } node)
            return null;

        var text = node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
        return choices.Contains(text, StringComparer.Ordinal) ? text : throw Problem.Choice(text, Attribute(name));
    }

    public bool? Flag(string name) => Node(name) is not { } node
        ? null
        : node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when bool.TryParse(node.GetValue<string>(), out var parsed) => parsed,
            JsonValueKind.Number when node.ToJsonString() is "0" or "1" => node.ToJsonString() == "1",
            _ => throw Problem.Invalid("Must be a valid boolean.", Attribute(name)),
        };

    public int? Integer(string name, int minimum, int maximum = int.MaxValue)
    {
        if (Node(name) is not { } node)
            return null;

        var text = node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            throw Problem.Invalid("A valid integer is required.", Attribute(name));

        if (value < minimum)
            throw Problem.AtLeast(minimum, Attribute(name));

        return value <= maximum ? (int)value : throw Problem.AtMost(maximum, Attribute(name));
    }

    public DateTimeOffset? Timestamp(string name)
    {
        if (Node(name) is not { } node)
            return null;

        return node.GetValueKind() == JsonValueKind.String && WireInput.Timestamp(node.GetValue<string>()) is { } time
            ? time
            : throw Problem.Invalid(WireInput.TimestampFormats, Attribute(name));
    }

    public IReadOnlyList<string>? TextList(string name, bool mayBeEmpty = true)
    {
        if (Node(name) is not { } node)
            return null;

        if (node is not JsonArray items)
            throw Problem.Invalid($"Expected a list of items but got type \"{PythonType.NameOf(node)}\".", Attribute(name), "not_a_list");

        if (items.Count == 0 && !mayBeEmpty)
            throw Problem.Invalid("This list may not be empty.", Attribute(name), "empty");

        return [.. items.Select((item, index) => ListItem(item, FormattableString.Invariant($"{Attribute(name)}__{index}"), mayBeEmpty))];
    }

    public JsonObject? Mapping(string name) => Node(name) switch
    {
        null => null,
        JsonObject mapping => mapping,
        var other => throw Problem.Invalid(
            $"Expected a dictionary of items but got type \"{PythonType.NameOf(other)}\".", Attribute(name), "not_a_dict"),
    };

    private static string ListItem(JsonNode? item, string attribute, bool mayBeBlank)
    {
        if (item is null)
            throw Problem.Null(attribute);

        if (item.GetValueKind() != JsonValueKind.String)
            throw Problem.Invalid("Not a valid string.", attribute);

        var text = item.GetValue<string>();
        return mayBeBlank || !string.IsNullOrWhiteSpace(text) ? text : throw Problem.Blank(attribute);
    }
}
