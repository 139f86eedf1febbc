using System.Globalization;
using System.Text;

namespace PSBatchExports.Manifests;

/// <summary>Lines of a script, ended by LF on every platform, and quoted text of several languages.</summary>
internal sealed class ScriptText
{
    private readonly StringBuilder _text = new();

    /// <param name="comment">How a comment begins.</param>
    /// <param name="manifest">The manifest, which the first lines describe.</param>
    public ScriptText(string comment, Manifest manifest)
    {
        foreach (var note in ManifestNotes.Lines(manifest))
            Line($"{comment} {DisplayText.Harmless(note)}");
    }

    public ScriptText Line(string line = "")
    {
        _text.Append(line).Append('\n');
        return this;
    }

    /// <summary>Adds an indented line for each item, separated by commas.</summary>
    public ScriptText List(IEnumerable<string> items)
    {
        _text.AppendJoin(",\n", items.Select(item => "    " + item)).Append('\n');
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>A string literal of standard SQL.</summary>
    public static string Sql(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A string literal of ClickHouse, where a backslash escapes.</summary>
    public static string ClickHouse(string text) => Sql(text.Replace(@"\", @"\\", StringComparison.Ordinal));

    /// <summary>A string literal of Python, in ASCII only.</summary>
    public static string Python(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var character in text)
        {
            if (character is '"' or '\\')
                literal.Append('\\').Append(character);
            else if (character is >= ' ' and <= '~')
                literal.Append(character);
            else
                literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return literal.Append('"').ToString();
    }
}
