using System.Globalization;
using PSBatchExports.Wire;

namespace PSBatchExports.Integrations;

/// <summary>
/// The names of integrations. Most kinds have one; of the others it is what the service derives, without the number of the project.
/// </summary>
internal static class IntegrationName
{
    private const string DerivedPrefix = "ID: ";

    // The derived names of these begin with the number of the project.
    private static readonly HashSet<string?> NamedByProject = new(["postgresql", "aws-redshift"], StringComparer.Ordinal);

    public static string Of(IntegrationRow row)
    {
        if (!string.IsNullOrEmpty(row.ConfigName))
            return row.ConfigName;

        var name = row.DisplayName ?? "";
        if (name.StartsWith(DerivedPrefix, StringComparison.Ordinal))
            name = name[DerivedPrefix.Length..];

        var digits = name.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (NamedByProject.Contains(row.Kind) && digits > 0 && name[digits] == '-')
            name = name[(digits + 1)..];

        return name.Length > 0 ? name : row.Id.ToString(CultureInfo.InvariantCulture);
    }
}
