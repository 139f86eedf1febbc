using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>
/// Compares a response with a fixture. API errors must be equal. Elsewhere, example values (ids, times, origins, cursors, signatures,
/// sizes) are replaced by placeholders first, and everything else must be equal.
/// </summary>
public static partial class FixtureAssert
{
    private static readonly string[] SizeHeaders = ["Content-Length", "Content-Range", "ETag"];

    public static async Task MatchesAsync(Fixture fixture, HttpResponseMessage response, bool ignoreNumbers)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(fixture.Status == (int)response.StatusCode, $"Expected {fixture.Status}, got {(int)response.StatusCode}: {body}");
        CompareHeaders(fixture, response);
        CompareBody(fixture, body, ignoreNumbers);
    }

    private static void CompareHeaders(Fixture fixture, HttpResponseMessage response)
    {
        var got = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in fixture.Headers)
        {
            Assert.True(got.TryGetValue(name, out var actual), $"The header {name} is missing.");
            Assert.Equal(Header(name, value), Header(name, actual));
        }

        var isThrottled = fixture.Body is JsonObject error && error["code"]?.GetValue<string>() == "throttled";
        if (fixture.Status == 429 && !isThrottled && !fixture.Headers.ContainsKey("Retry-After"))
            Assert.DoesNotContain("Retry-After", got.Keys);
    }

    private static void CompareBody(Fixture fixture, string body, bool ignoreNumbers)
    {
        if (fixture.Body is null)
        {
            Assert.Equal("", body);
        }
        else if (fixture.Body.GetValueKind() == JsonValueKind.String)
        {
            var expected = fixture.Body.GetValue<string>();
            if (expected == "(file bytes)")
                Assert.NotEmpty(body);
            else
                Assert.Equal(Xml(expected), Xml(body));
        }
        else
        {
            var isError = fixture.Status >= 400;
            var lines = Lines(JsonNode.Parse(body), isError, ignoreNumbers);
            Assert.Equal(Lines(fixture.Body, isError, ignoreNumbers), lines);
        }
    }

    /// <summary>One line for each value, sorted, as the order of keys is irrelevant.</summary>
    private static string[] Lines(JsonNode? node, bool literal, bool ignoreNumbers)
    {
        var lines = new List<string>();
        Collect(node, "$", lines, literal, ignoreNumbers);
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static void Collect(JsonNode? node, string path, List<string> lines, bool literal, bool ignoreNumbers)
    {
        switch (node)
        {
            case JsonObject fields:
                lines.Add($"{path}: object");
                foreach (var (name, value) in fields)
                    Collect(value, $"{path}.{name}", lines, literal, ignoreNumbers);
                break;
            case JsonArray items:
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{path}: array of {items.Count}"));
                for (var index = 0; index < items.Count; index++)
                    Collect(items[index], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), lines, literal, ignoreNumbers);
                break;
            case null:
                lines.Add($"{path}: null");
                break;
            default:
                lines.Add($"{path}: {Value(node, literal, ignoreNumbers)}");
                break;
        }
    }

    private static string Value(JsonNode node, bool literal, bool ignoreNumbers) => node.GetValueKind() switch
    {
        JsonValueKind.String => $"text {(literal ? node.GetValue<string>() : Text(node.GetValue<string>()))}",
        JsonValueKind.Number when ignoreNumbers => "number",
        _ => node.ToJsonString(),
    };

    private static string Text(string text)
    {
        text = Cursor().Replace(text, "cursor={cursor}");
        text = Origin().Replace(text, "{origin}");
        text = Id().Replace(text, "{id}");
        return Time().Replace(text, "{time}");
    }

    private static string Header(string name, string value) => name switch
    {
        "Location" => SignedUrl(value),
        "Last-Modified" => IsHttpDate(value) ? "{date}" : value,
        "Content-Disposition" => Extension().Replace(Text(value), ""),
        _ when SizeHeaders.Contains(name) => Digits().Replace(value, "0"),
        _ => Text(value),
    };

    private static bool IsHttpDate(string value) =>
        DateTimeOffset.TryParseExact(value, "R", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>The path and the parameter names in order, with the values that are fixed.</summary>
    private static string SignedUrl(string url)
    {
        var uri = new Uri(url);
        var path = Extension().Replace(Text(Uri.UnescapeDataString(uri.AbsolutePath)), "");
        return $"{path}?{string.Join('&', uri.Query[1..].Split('&').Select(Parameter))}";
    }

    private static string Parameter(string parameter)
    {
        var (name, value) = (parameter.Split('=')[0], parameter.Split('=')[1]);
        return name switch
        {
            "X-Amz-Algorithm" or "X-Amz-Expires" or "X-Amz-SignedHeaders" => $"{name}={value}",
            "response-content-disposition" => $"{name}={Extension().Replace(Text(Uri.UnescapeDataString(value)), "")}",
            _ => name,
        };
    }

    private static string Xml(string text) => Time().Replace(InventedElements().Replace(text, "<${name}>…</${name}>"), "{time}");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.None, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?(Z|\+00:00)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex("https?://[^/]+", RegexOptions.None, 1000)]
    private static partial Regex Origin();

    [GeneratedRegex("cursor=[A-Za-z0-9%+/=]+", RegexOptions.None, 1000)]
    private static partial Regex Cursor();

    [GeneratedRegex("[0-9a-f]{32}|[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Digits();

    [GeneratedRegex(@"\.(jsonl|parquet)(\.gz|\.br)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Extension();

    [GeneratedRegex(
        "<(?<name>RequestId|HostId|ArgumentValue|RangeRequested|ActualObjectSize)>[^<]*</[^>]*>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InventedElements();
}
