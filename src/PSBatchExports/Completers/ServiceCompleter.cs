using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSBatchExports.Session;
using PSBatchExports.Views;

namespace PSBatchExports.Completers;

/// <summary>Suggests what the service has: from what the connection has shown and at most one request. Whatever goes wrong, there is only less to suggest.</summary>
public abstract class ServiceCompleter : IArgumentCompleter
{
    private protected const int Page = 100;

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var line = new CommandLine(commandName, parameterName, commandAst, fakeBoundParameters);
            if (line.Connection is not { } connection)
                return [];

            Ask(connection, line);
            return Suggestion.Fitting(Suggest(connection.Known, line), CommandText.Unquote(wordToComplete))
                .Select(suggestion => new CompletionResult(Inserted(suggestion.Text), suggestion.Label, CompletionResultType.ParameterValue, suggestion.Tip))
                .ToArray();
        }
        catch (Exception)
        {
            return [];
        }
    }

    private protected abstract void Ask(BatchExportConnection connection, CommandLine line);

    private protected abstract IEnumerable<Suggestion> Suggest(KnownObjects seen, CommandLine line);

    private protected virtual string Inserted(string text) => CommandText.Quote(text);

    private protected static void AskForExports(BatchExportConnection connection, CommandLine line)
    {
        OneRequest.Remember(connection, ProjectOrOrganization(connection, line), (client, token) => client.Exports.ListAsync(new Paging { First = Page }, filter: null, token));
    }

    private protected static ApiScope ProjectOrOrganization(BatchExportConnection connection, CommandLine line) =>
        connection.ProjectOrOrganization(line.Text("OrganizationId"), line.Text("ProjectId"), line.IsBound("ProjectId"));

    private protected static ApiScope Project(BatchExportConnection connection, CommandLine line) => connection.Project(line.Text("ProjectId"));
}
