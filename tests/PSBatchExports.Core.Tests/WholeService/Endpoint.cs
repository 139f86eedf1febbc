using System.Globalization;
using System.Text.RegularExpressions;

namespace PSBatchExports.Core.Tests.WholeService;

/// <summary>A row of the table of documented endpoints.</summary>
internal sealed record Endpoint(string Method, string Path, int Status)
{
    private static readonly string TablePath = System.IO.Path.Combine(AppContext.BaseDirectory, "contract", "endpoints.tsv");

    public static IReadOnlyList<Endpoint> All { get; } =
    [
        .. File.ReadLines(TablePath).Skip(1).Where(line => line.Length > 0).Select(line => line.Split('\t'))
            .Select(cells => new Endpoint(cells[0], cells[1], int.Parse(cells[3], CultureInfo.InvariantCulture))),
    ];

    /// <summary>Method and path without the prefix, which differs only by the place: project, environment, organization.</summary>
    public string Key => $"{Method} {string.Join('/', Path.Split('/').Skip(4))}";

    public string Place => Path.Split('/')[2];

    public bool Matches(string path)
    {
        var timeout = TimeSpan.FromSeconds(1);
        var pattern = Regex.Replace(Path, "{[a-z_]+}", "[^/]+", RegexOptions.None, timeout);
        return Regex.IsMatch(path, $"^{pattern}$", RegexOptions.CultureInvariant, timeout);
    }
}
