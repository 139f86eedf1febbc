using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSBatchExports.Views;

namespace PSBatchExports.Completers;

/// <summary>Suggests known values. Others are accepted too, because the service may know more.</summary>
public abstract class ValueCompleter(Func<string, IDictionary, IEnumerable<string>> values) : IArgumentCompleter
{
    private protected ValueCompleter(IEnumerable<string> values) : this((_, _) => values)
    {
    }

    private protected ValueCompleter(Func<IDictionary, IEnumerable<string>> values) : this((_, bound) => values(bound))
    {
    }

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        var word = CommandText.Unquote(wordToComplete);
        return
            from value in values(parameterName, fakeBoundParameters)
            let isPrefixMatch = value.StartsWith(word, StringComparison.OrdinalIgnoreCase)
            where isPrefixMatch || value.Contains($"/{word}", StringComparison.OrdinalIgnoreCase)
            orderby !isPrefixMatch
            select ToResult(value, fakeBoundParameters);
    }

    /// <summary>The tool tip of a value; the value itself by default.</summary>
    private protected virtual string ToolTip(string value, IDictionary bound) => value;

    private CompletionResult ToResult(string value, IDictionary bound) =>
        new(CommandText.Quote(value), value, CompletionResultType.ParameterValue, ToolTip(value, bound));
}
