using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSBatchExports.Views;

namespace PSBatchExports.Completers;

/// <summary>Suggests values that this module knows; any other is taken too, because the service's sets are open.</summary>
public abstract class ValueCompleter(Func<string, IDictionary, IEnumerable<string>> values) : IArgumentCompleter
{
    private protected ValueCompleter(IEnumerable<string> values) : this((_, _) => values)
    {
    }

    private protected ValueCompleter(Func<IDictionary, IEnumerable<string>> values) : this((_, bound) => values(bound))
    {
    }

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = CommandText.Unquote(wordToComplete);
        return values(parameterName, fakeBoundParameters)
            .Where(value => value.StartsWith(word, StringComparison.OrdinalIgnoreCase) || value.Contains($"/{word}", StringComparison.OrdinalIgnoreCase))
            .OrderBy(value => !value.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(value => new CompletionResult(CommandText.Quote(value), value, CompletionResultType.ParameterValue, Tip(value, fakeBoundParameters)));
    }

    /// <summary>What is said of a value below the menu; by default the value itself.</summary>
    private protected virtual string Tip(string value, IDictionary bound) => value;
}
