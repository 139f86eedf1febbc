using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PSBatchExports.Completers;

/// <summary>Suggests the variables that hold open connections, without a request.</summary>
public sealed class ConnectionCompleter : IArgumentCompleter
{
    // The object of a pipeline is no variable to name.
    private const string PipelineObject = "_";

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var variables = shell.AddCommand("Get-Variable").Invoke<PSVariable>();
        return
            from variable in variables
            where variable.Name != PipelineObject && variable.Name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)
            let connection = Parameters.PlainValues.Unwrap(variable.Value) as BatchExportConnection
            where connection?.IsOpen == true
            orderby variable.Name
            let text = Reference(variable.Name)
            select new CompletionResult(text, text, CompletionResultType.ParameterValue, connection.ToString());
    }

    private static string Reference(string variable) => variable.All(character => char.IsLetterOrDigit(character) || character == '_')
        ? $"${variable}"
        : $"${{{CodeGeneration.EscapeVariableName(variable)}}}";
}
