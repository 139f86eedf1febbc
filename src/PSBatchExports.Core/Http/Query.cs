using System.Text;
using PSBatchExports.Time;

namespace PSBatchExports.Http;

/// <summary>Builds a query string without the parameters that are null.</summary>
internal sealed class Query
{
    private readonly StringBuilder _text = new();

    public Query Add(string name, string? value)
    {
        if (value is not null)
            _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));

        return this;
    }

    public Query Add(string name, long value) => Add(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public Query Add(string name, DateTimeOffset? value) => Add(name, value is { } time ? WireTime.Format(time) : null);

    public override string ToString() => _text.ToString();
}
