using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSBatchExports.Session;
using PSBatchExports.Views;

namespace PSBatchExports.Completers;

/// <summary>Suggests objects of the service: those that are known and those that one request returns. Failures are ignored.</summary>
public abstract class ServiceCompleter : IArgumentCompleter
{
    private protected static readonly Paging FirstPage = new() { First = 100 };

    // The first page, and two of 500.
    private const int MaxExportPages = 3;

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        try
        {
            var line = new CommandLine(commandName, parameterName, commandAst, fakeBoundParameters);
            if (line.Connection is not { } connection)
                return [];

            Fetch(connection, line);
            return Suggestion.Match(Suggest(connection.Known, line), CommandText.Unquote(wordToComplete)).Select(ToResult).ToArray();
        }
        catch (Exception)
        {
            return [];
        }
    }

    private CompletionResult ToResult(Suggestion suggestion) =>
        new(CompletionText(suggestion.Text), suggestion.ListItemText, CompletionResultType.ParameterValue, suggestion.ToolTip);

    /// <summary>Requests the objects, which are then known.</summary>
    private protected abstract void Fetch(BatchExportConnection connection, CommandLine line);

    private protected abstract IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line);

    private protected virtual string CompletionText(string text) => CommandText.Quote(text);

    // Exports beyond the first page are read once.
    private protected static void FetchExports(BatchExportConnection connection, CommandLine line)
    {
        var areMoreKnown = (ulong)connection.Known.Exports.Count > FirstPage.First;
        CompletionRequest.Remember(
            connection,
            ProjectOrOrganization(connection, line),
            (client, token) => client.Exports.ListAsync(areMoreKnown ? FirstPage : null, filter: null, token),
            areMoreKnown ? 1 : MaxExportPages);
    }

    private protected static void FetchIntegrations(BatchExportConnection connection, CommandLine line) => CompletionRequest.Remember(
        connection,
        Project(connection, line),
        (client, token) => client.Integrations.ListAsync(FirstPage, cancellationToken: token));

    private protected static ApiScope ProjectOrOrganization(BatchExportConnection connection, CommandLine line) =>
        connection.ProjectOrOrganization(line.Text("OrganizationId"), line.Text("ProjectId"), line.IsBound("ProjectId"));

    /// <summary>The id of the export on the command line, or its name if the id is unknown; null for none.</summary>
    private protected static string? ExportId(KnownObjects known, CommandLine line) =>
        line.Export is { } export ? known.FindExport(export) ?? export : null;

    private protected static ApiScope Project(BatchExportConnection connection, CommandLine line) =>
        connection.Project(line.Text("ProjectId"));
}
