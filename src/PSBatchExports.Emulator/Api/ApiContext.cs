using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>An authorized request, as its endpoint sees it.</summary>
internal sealed class ApiContext(EmulatorRequest request, Prefix prefix, IReadOnlyDictionary<string, string> values)
{
    private JsonNode? _body;
    private bool _parsed;

    public EmulatorRequest Request => request;

    public Prefix Prefix => prefix;

    /// <summary>The project in the path; at the organization level, the project that new exports go to.</summary>
    public required Project Project { get; init; }

    public required Organization Organization { get; init; }

    public required EmulatorKey Key { get; init; }

    public string Value(string name) => values[name];

    public Guid? Id(string name) => Guid.TryParse(values[name], out var id) ? id : null;

    /// <summary>The body as an object; an empty body is an empty object.</summary>
    public JsonObject Body
    {
        get
        {
            if (!_parsed)
            {
                _body = JsonBody.Parse(request);
                _parsed = true;
            }

            return _body as JsonObject ?? throw Problem.NotADictionary(_body, "non_field_errors");
        }
    }
}
