using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSBatchExports.Session;

namespace PSBatchExports.Completers;

/// <summary>What stands on the line before Tab was pressed.</summary>
internal sealed class CommandLine(string command, string parameter, CommandAst ast, IDictionary bound)
{
    public string Command { get; } = command;

    public string Parameter { get; } = parameter;

    /// <summary>The connection that the command would use; null for none.</summary>
    public BatchExportConnection? Connection => Value(nameof(Connection)) is BatchExportConnection typed ? typed : Connections.Current ?? Connections.FromEnvironment();

    /// <summary>Whether something is piped into the command.</summary>
    public bool IsPiped => ast.Parent is PipelineAst pipeline && pipeline.PipelineElements[0] != ast;

    /// <summary>
    /// The id or the name of the export that the command is about: -BatchExportId, or the one name of the Get-BatchExport that is piped in; null where
    /// there is none, or it is known only when the command runs.
    /// </summary>
    public string? Export => Text("BatchExportId") ?? PipedName;

    private string? PipedName
    {
        get
        {
            if (!IsPiped || ast.Parent is not PipelineAst { PipelineElements: [CommandAst first, ..] } || !IsGetBatchExport(first.GetCommandName()))
                return null;

            var arguments = first.CommandElements.Skip(1).ToArray();
            if (arguments is [CommandParameterAst { ParameterName: "Name" or "Id" }, _])
                arguments = arguments[1..];

            return arguments is [StringConstantExpressionAst text] ? text.Value : null;
        }
    }

    // With whatever prefix.
    private static bool IsGetBatchExport(string? name) =>
        name?.StartsWith("Get-", StringComparison.OrdinalIgnoreCase) == true && name.EndsWith("BatchExport", StringComparison.OrdinalIgnoreCase);

    public bool IsBound(string name) => bound.Contains(name);

    /// <summary>The text that was given for a parameter, the last of several; null where there is none or it is known only when the command runs.</summary>
    public string? Text(string name)
    {
        var value = Value(name) switch
        {
            string text => text,
            IEnumerable several => several.Cast<object?>().LastOrDefault(),
            var one => one,
        };
        return Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } given && !given.Contains('$', StringComparison.Ordinal) && !given.Contains('(', StringComparison.Ordinal) ? given : null;
    }

    private object? Value(string name) => bound[name] is PSObject wrapped ? wrapped.BaseObject : bound[name];
}
