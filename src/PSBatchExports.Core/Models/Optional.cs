namespace PSBatchExports;

/// <summary>
/// A value, possibly null, that may not have been given at all. Fields that were not given are not sent (docs/wire.md, section 6).
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly record struct Optional<T>
{
    private readonly T _value;

    /// <summary>Creates a given value.</summary>
    /// <param name="value">The value; null is a value too.</param>
    public Optional(T value)
    {
        _value = value;
        HasValue = true;
    }

    /// <summary>Whether a value was given.</summary>
    public bool HasValue { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">No value was given.</exception>
    public T Value => HasValue ? _value : throw new InvalidOperationException("No value was given.");

    /// <summary>The value, or <paramref name="fallback"/> if none was given.</summary>
    /// <param name="fallback">The value to return instead.</param>
    public T Or(T fallback) => HasValue ? _value : fallback;

    /// <summary>The value as text; empty if none was given.</summary>
    public override string ToString() => HasValue ? $"{_value}" : "";

    /// <summary>Creates a given value.</summary>
    /// <param name="value">The value.</param>
#pragma warning disable CA2225 // The constructor is the named alternative.
    public static implicit operator Optional<T>(T value) => new(value);
#pragma warning restore CA2225
}
