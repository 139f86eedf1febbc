namespace PSBatchExports.Configurations;

/// <summary>A secret in a file is the name of an environment variable, such as env:TOKEN. It is read when an export is created.</summary>
internal static class SecretReference
{
    private const string Prefix = "env:";

    /// <summary>Whether a value is such a name. Null stands for a secret that is left out.</summary>
    public static bool IsOne(object? value) => value is null || (value is string text && NameIn(text) is not null);

    /// <summary>The name of the variable; null if the text is none.</summary>
    public static string? NameIn(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length ? text[Prefix.Length..] : null;

    /// <summary>The placeholder for a secret that the service does not return.</summary>
    public static string For(string key) => $"{Prefix}BATCH_EXPORT_{key.ToUpperInvariant()}";
}
