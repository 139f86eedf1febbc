using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace PSBatchExports.Reports;

/// <summary>Writes HTML. Text and the values of attributes are encoded, and are made harmless as <see cref="DisplayText"/> does.</summary>
internal sealed class HtmlWriter(TextWriter output)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Writes a start tag; the end tag follows when the result is disposed of.</summary>
    public EndTag Element(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(name, attributes);
        return new EndTag(output, name);
    }

    /// <summary>Writes a start tag alone. Attributes without a value are left out; an empty value is kept.</summary>
    public void Tag(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        output.Write('<');
        output.Write(name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is null)
                continue;

            output.Write(' ');
            output.Write(attribute);
            output.Write("=\"");
            output.Write(Encoder.Encode(DisplayText.OneLine(value)));
            output.Write('"');
        }

        output.Write('>');
    }

    /// <summary>Writes an element with text in it.</summary>
    public void Element(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(name, attributes);
        Text(text);
        output.Write($"</{name}>");
    }

    /// <summary>Writes text in one line.</summary>
    public void Text(string text) => output.Write(Encoder.Encode(DisplayText.OneLine(text)));

    /// <summary>Writes text with its line breaks, truncated to 4,000 characters.</summary>
    public void Lines(string text)
    {
        var first = true;
        foreach (var line in (DisplayText.Clean(text) ?? "").Split('\n'))
        {
            if (!first)
                output.Write('\n');

            output.Write(Encoder.Encode(line));
            first = false;
        }
    }

    /// <summary>Writes markup as it is.</summary>
    /// <param name="markup">Markup of this assembly, never anything from elsewhere.</param>
    public void Raw(string markup) => output.Write(markup);

    /// <summary>Begins a new line.</summary>
    public void Break() => output.Write('\n');

    /// <summary>An end tag that is still to be written.</summary>
    public readonly struct EndTag(TextWriter output, string name) : IDisposable
    {
        /// <summary>Writes it.</summary>
        public void Dispose() => output.Write($"</{name}>");
    }
}
