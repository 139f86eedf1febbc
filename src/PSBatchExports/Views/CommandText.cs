namespace PSBatchExports.Views;

/// <summary>Arguments as they are written on a command line.</summary>
internal static class CommandText
{
    /// <summary>The value as one argument: quoted unless it is plain.</summary>
    public static string Quote(string value)
    {
        var isPlain = !value.StartsWith('-') && value.All(character => char.IsLetterOrDigit(character) || character is '_' or '-' or '/' or '+');
        return isPlain ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>The value without the quotes around it.</summary>
    public static string Unquote(string argument) => argument.Trim('\'', '"');
}
