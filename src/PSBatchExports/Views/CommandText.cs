using System.Management.Automation.Language;

namespace PSBatchExports.Views;

/// <summary>Quotes command-line arguments.</summary>
internal static class CommandText
{
    /// <summary>The value as one argument, quoted if necessary.</summary>
    public static string Quote(string value)
    {
        var isPlain = !value.StartsWith('-') && value.All(IsPlain);

        // Typographic quotation marks end a quoted string, too.
        return isPlain ? value : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";
    }

    /// <summary>The argument without quotes.</summary>
    public static string Unquote(string argument) => argument.Trim('\'', '"');

    private static bool IsPlain(char character) => char.IsLetterOrDigit(character) || character is '_' or '-' or '/' or '+';
}
