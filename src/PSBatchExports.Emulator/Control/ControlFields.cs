using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Control;

/// <summary>Reads and validates the fields of a request to the control channel.</summary>
internal sealed class ControlFields
{
    private readonly JsonObject _fields;

    public ControlFields(JsonNode? body)
    {
        _fields = body as JsonObject ?? throw new ControlProblemException("A JSON object is required.");
        try
        {
            _ = _fields.ContainsKey("");
        }
        catch (ArgumentException)
        {
            throw new ControlProblemException("An object has a duplicate field.");
        }
    }

    public IEnumerable<string> Names => _fields.Select(pair => pair.Key);

    public JsonNode? Node(string name) => _fields[name];

    public string? Text(string name) => Value(name, JsonValueKind.String, "a string") is { } text ? text.GetValue<string>() : null;

    public string RequiredText(string name) => Text(name) ?? throw new ControlProblemException($"{name} is required.", name);

    public bool? Flag(string name) => Value(name, JsonValueKind.True, "true or false", JsonValueKind.False)?.GetValue<bool>();

    public long? Integer(string name, long min, long max)
    {
        if (Number(name, min, max) is not { } number)
            return null;

        return double.IsInteger(number) ? (long)number : throw new ControlProblemException($"{name} must be a whole number.", name);
    }

    public double? Number(string name, double min, double max)
    {
        if (Value(name, JsonValueKind.Number, "a number") is not { } value)
            return null;

        var number = double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
        return number < min ? throw OutOfRange(name, "at least", min)
            : number > max ? throw OutOfRange(name, "at most", max)
            : number;
    }

    public TimeSpan? Seconds(string name, TimeSpan max) =>
        Number(name, 0, max.TotalSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public Guid RequiredId(string name) => Id(RequiredText(name), name);

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new ControlProblemException($"{name} is not a valid time: '{text}'.", name);
    }

    public string[]? TextList(string name) => (Node(name), Node(name) as JsonArray) switch
    {
        (null, _) => null,
        (_, { } list) => [.. list.Select(item => item?.ToString() ?? throw new ControlProblemException($"{name} contains null.", name))],
        _ => throw new ControlProblemException($"{name} must be a list.", name),
    };

    public static Guid Id(string? text, string name) =>
        Guid.TryParse(text, out var id) ? id : throw new ControlProblemException($"{name} is not a valid id: '{text}'.", name);

    private JsonNode? Value(string name, JsonValueKind kind, string what, JsonValueKind? otherKind = null)
    {
        if (Node(name) is not { } value)
            return null;

        return value.GetValueKind() == kind || value.GetValueKind() == otherKind
            ? value
            : throw new ControlProblemException($"{name} must be {what}.", name);
    }

    private static ControlProblemException OutOfRange(string name, string how, double limit) =>
        new(FormattableString.Invariant($"{name} must be {how} {limit}."), name, (long)limit);
}
