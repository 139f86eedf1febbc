using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using PSBatchExports.Parameters;
using PSBatchExports.Session;

namespace PSBatchExports.Completers;

/// <summary>The command that is being completed.</summary>
internal sealed class CommandLine(string command, string parameter, CommandAst ast, IDictionary bound)
{
    public string Command { get; } = command;

    public string Parameter { get; } = parameter;

    /// <summary>The connection that the parameter is about, the first of several; null for none.</summary>
    public BatchExportConnection? Connection
    {
        get
        {
            var target = Parameter == "ToProjectId" ? GivenConnection("ToConnection") : null;
            return target ?? GivenConnection(nameof(Connection)) ?? Connections.Current ?? Connections.FromEnvironment();
        }
    }

    private BatchExportConnection? GivenConnection(string parameter) => Value(parameter) switch
    {
        BatchExportConnection one => one,
        IEnumerable several => several.Cast<object?>().Select(PlainValues.Unwrap).OfType<BatchExportConnection>().FirstOrDefault(),
        _ => null,
    };

    /// <summary>Whether the command has pipeline input.</summary>
    public bool IsPiped => ast.Parent is PipelineAst pipeline && pipeline.PipelineElements[0] != ast;

    /// <summary>
    /// The id or name of the export: -BatchExportId, or the single name of a Get-BatchExport that is piped in; null if there is
    /// none or it is known only at run time.
    /// </summary>
    public string? Export => Text("BatchExportId") ?? PipedName;

    private string? PipedName
    {
        get
        {
            if (!IsPiped || ast.Parent is not PipelineAst { PipelineElements: [CommandAst first, ..] })
                return null;

            if (!IsGetBatchExport(first.GetCommandName()))
                return null;

            var arguments = first.CommandElements.Skip(1).ToArray();
            if (arguments is [CommandParameterAst { ParameterName: "Name" or "Id" }, _])
                arguments = arguments[1..];

            return arguments is [StringConstantExpressionAst text] ? text.Value : null;
        }
    }

    // The module may have been imported with -Prefix.
    private static bool IsGetBatchExport(string? name) => name is not null
        && name.StartsWith("Get-", StringComparison.OrdinalIgnoreCase)
        && name.EndsWith("BatchExport", StringComparison.OrdinalIgnoreCase);

    public bool IsBound(string name) => bound.Contains(name);

    /// <summary>The value of a parameter as text, the last of several; null if there is none or it is known only at run time.</summary>
    public string? Text(string name)
    {
        var value = Value(name) switch
        {
            string text => text,
            IEnumerable list => list.Cast<object?>().LastOrDefault(),
            var single => single,
        };
        var literal = Convert.ToString(value, CultureInfo.InvariantCulture);
        var isExpression = literal?.AsSpan().IndexOfAny('$', '(') >= 0;
        return string.IsNullOrEmpty(literal) || isExpression ? null : literal;
    }

    private object? Value(string name) => bound[name] is PSObject wrapped ? wrapped.BaseObject : bound[name];
}
