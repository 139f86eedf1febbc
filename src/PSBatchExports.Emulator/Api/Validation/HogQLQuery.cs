using System.Text.RegularExpressions;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>The parts of a HogQL query that the service validates.</summary>
internal sealed partial class HogQLQuery
{
    private const string Attribute = "hogql_query";
    private const RegexOptions KeywordOptions = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture;
    private const string Supported = "Only {data_interval_start} and {data_interval_end} are supported in batch export queries";

    private HogQLQuery(IReadOnlyList<string> columns, IReadOnlySet<string> placeholders)
    {
        Columns = columns;
        Placeholders = placeholders;
    }

    public IReadOnlyList<string> Columns { get; }

    public IReadOnlySet<string> Placeholders { get; }

    public static HogQLQuery Parse(string text)
    {
        var placeholders = FindPlaceholders(text);
        if (Select().Match(text) is not { Success: true } select)
            throw Problem.Invalid("Failed to parse HogQL query: expected a SELECT statement", Attribute);

        var columns = SplitColumns(text[(select.Index + select.Length)..]).Select(NameOf).ToArray();
        return new HogQLQuery(columns, placeholders);
    }

    private static HashSet<string> FindPlaceholders(string text)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match match in Placeholder().Matches(text))
        {
            var name = match.Groups["inner"].Value.Trim();
            if (name is "data_interval_start" or "data_interval_end")
                found.Add(name);
            else if (Identifier().IsMatch(name))
                throw Problem.Invalid($"Unknown placeholder '{{{name}}}'. {Supported}", Attribute);
            else
                throw Problem.Invalid($"Unsupported placeholder. {Supported}", Attribute);
        }

        return found;
    }

    /// <summary>Splits the expressions between SELECT and FROM at commas outside parentheses and quotes.</summary>
    private static List<string> SplitColumns(string text)
    {
        var columns = new List<string>();
        var depth = 0;
        var start = 0;
        var quote = '\0';
        for (var index = 0; index <= text.Length; index++)
        {
            var end = index == text.Length || (depth == 0 && quote == '\0' && From().IsMatch(text.AsSpan(index)));
            if (end || (depth == 0 && quote == '\0' && text[index] == ','))
            {
                columns.Add(text[start..index].Trim());
                start = index + 1;
                if (end)
                    break;

                continue;
            }

            var character = text[index];
            if (quote != '\0')
                quote = character == quote ? '\0' : quote;
            else if (character is '\'' or '"' or '`')
                quote = character;
            else
                depth += character switch { '(' => 1, ')' => -1, _ => 0 };
        }

        if (depth > 0 || quote != '\0' || columns.Exists(c => c.Length == 0))
            throw Problem.Invalid("Failed to parse HogQL query: unexpected end of query", Attribute);

        return columns;
    }

    private static string NameOf(string expression)
    {
        if (Alias().Match(expression) is { Success: true } alias)
            return alias.Groups["name"].Value.Trim('`', '"');

        if (expression == "*" || Field().IsMatch(expression))
            return expression[(expression.LastIndexOf('.') + 1)..].Trim('`', '"');

        throw Problem.Invalid(
            "Every column in the SELECT clause must be a field or have an alias (e.g. `count() AS event_count`)", Attribute);
    }

    [GeneratedRegex(@"^\s*\(?\s*SELECT\s+(DISTINCT\s+)?", KeywordOptions, 1000)]
    private static partial Regex Select();

    [GeneratedRegex(@"^\s(FROM|UNION|LIMIT|WHERE)\s", KeywordOptions, 1000)]
    private static partial Regex From();

    [GeneratedRegex(@"\{(?<inner>[^}]*)\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[\w.]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Identifier();

    [GeneratedRegex("\\sAS\\s+(?<name>[\\w$]+|`[^`]+`|\"[^\"]+\")$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Alias();

    [GeneratedRegex(
        "^([\\w$]+|`[^`]+`|\"[^\"]+\")(\\.([\\w$]+|`[^`]+`|\"[^\"]+\"))*$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Field();
}
