using System.Collections;

namespace PSBatchExports.Parameters;

/// <summary>Combines -HogQLModifier and -Utc to the modifiers of a query.</summary>
internal static class QueryModifiers
{
    private const string ProjectTimeZoneModifier = "convertToProjectTimezone";

    /// <summary>The modifiers to send; null for none.</summary>
    /// <param name="given">-HogQLModifier.</param>
    /// <param name="utc">-Utc.</param>
    /// <param name="model">The model; null if unknown.</param>
    /// <exception cref="ArgumentException">-Utc contradicts the model or -HogQLModifier.</exception>
    public static object? From(IDictionary? given, bool utc, string? model = null)
    {
        var modifiers = PlainValues.ToDictionary(given);
        if (!utc)
            return modifiers;

        if (model is not null && !model.Equals("hogql", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"-Utc requires the model hogql. The times of {model} are in UTC already.");

        modifiers ??= new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        if (modifiers.Remove(ProjectTimeZoneModifier, out var other) && other is not (null or false))
        {
            throw new ArgumentException(
                $"-Utc sends {ProjectTimeZoneModifier} as false, but -HogQLModifier gives it as '{other}'. Leave out one of them.");
        }

        modifiers[ProjectTimeZoneModifier] = false;
        return modifiers;
    }
}
