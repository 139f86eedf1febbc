using System.Collections;

namespace PSBatchExports.Parameters;

/// <summary>The modifiers of a query: -HogQLModifier, and -Utc as one of them.</summary>
internal static class QueryModifiers
{
    private const string InProjectZone = "convertToProjectTimezone";

    /// <summary>What is sent; null for none.</summary>
    /// <param name="given">-HogQLModifier.</param>
    /// <param name="utc">-Utc.</param>
    /// <param name="model">The model; null where it is not known.</param>
    /// <exception cref="ArgumentException">-Utc does not go with the model, or with -HogQLModifier.</exception>
    public static object? From(IDictionary? given, bool utc, string? model = null)
    {
        var modifiers = PlainValues.ToDictionary(given);
        if (!utc)
            return modifiers;

        if (model is not null && !model.Equals("hogql", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"-Utc goes with the model hogql, not with {model}, whose times are in UTC already.");

        modifiers ??= new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        if (modifiers.Remove(InProjectZone, out var other) && other is not (null or false))
            throw new ArgumentException($"-Utc sends {InProjectZone} as false, but -HogQLModifier gives it as '{other}'. Leave out one of them.");

        modifiers[InProjectZone] = false;
        return modifiers;
    }
}
