using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;

namespace PSBatchExports.Errors;

/// <summary>Names of this module's cmdlets in texts, as they are called where Import-Module -Prefix has changed them.</summary>
internal static partial class CommandNames
{
    /// <summary>The prefix under which a cmdlet was called; empty for none.</summary>
    public static string PrefixOf(PSCmdlet cmdlet)
    {
        var name = cmdlet.MyInvocation.MyCommand?.Name ?? "";
        var (verbEnd, noun) = (name.IndexOf('-', StringComparison.Ordinal) + 1, cmdlet.GetType().GetCustomAttribute<CmdletAttribute>()!.NounName);
        return name.Length > verbEnd + noun.Length && name.EndsWith(noun, StringComparison.OrdinalIgnoreCase) ? name[verbEnd..^noun.Length] : "";
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

    [GeneratedRegex(@"\b(?<verb>[A-Z][a-z]+)-(?<noun>BatchExport[A-Za-z]*)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
