using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;

namespace PSBatchExports.Errors;

/// <summary>Adjusts cmdlet names in messages to Import-Module -Prefix.</summary>
internal static partial class CommandNames
{
    /// <summary>The prefix that a cmdlet was called with; empty for none.</summary>
    public static string PrefixOf(PSCmdlet cmdlet)
    {
        var name = cmdlet.MyInvocation.MyCommand?.Name ?? "";
        var noun = cmdlet.GetType().GetCustomAttribute<CmdletAttribute>()!.NounName;
        var nounStart = name.IndexOf('-', StringComparison.Ordinal) + 1;
        var hasPrefix = name.Length > nounStart + noun.Length && name.EndsWith(noun, StringComparison.OrdinalIgnoreCase);
        return hasPrefix ? name[nounStart..^noun.Length] : "";
    }

    public static string WithPrefix(string text, string prefix) =>
        prefix.Length == 0 ? text : Name().Replace(text, $"${{verb}}-{prefix}${{noun}}");

    public static ErrorRecord WithPrefix(ErrorRecord error, string prefix)
    {
        if (prefix.Length > 0 && error.ErrorDetails is { } details)
        {
            var message = WithPrefix(details.Message, prefix);
            error.ErrorDetails = new ErrorDetails(message) { RecommendedAction = WithPrefix(details.RecommendedAction, prefix) };
        }

        return error;
    }

    [GeneratedRegex(
        @"\b(?<verb>[A-Z][a-z]+)-(?<noun>BatchExport[A-Za-z]*)\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
