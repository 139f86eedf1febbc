namespace PSBatchExports.Compact;

/// <summary>
/// A UUID as text, or none, in 24 bytes; as a string it takes 104. Any other text is kept as it is. The text is made anew each time.
/// </summary>
internal readonly record struct Uuid
{
    private readonly Guid _value;
    private readonly string? _other;

    public Uuid(string? text)
    {
        Span<char> canonical = stackalloc char[36];
        if (Guid.TryParseExact(text, "D", out var value) && value != Guid.Empty
            && value.TryFormat(canonical, out _) && canonical.SequenceEqual(text))
        {
            _value = value;
        }
        else
        {
            _other = text;
        }
    }

    public string? Text => _value == Guid.Empty ? _other : _value.ToString();
}
