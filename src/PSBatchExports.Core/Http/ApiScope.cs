using System.Buffers;
using System.Globalization;

namespace PSBatchExports;

/// <summary>Which routes a request uses: a project's or an organization's (docs/wire.md, section 1).</summary>
public sealed record ApiScope
{
    private const int MaxIdLength = 128;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private ApiScope(string prefix, string id, bool isOrganization)
    {
        Prefix = prefix;
        Id = id;
        IsOrganization = isOrganization;
    }

    /// <summary>The path prefix of the routes, with a trailing slash.</summary>
    public string Prefix { get; }

    /// <summary>The project or organization as in the path: a number, a UUID or @current.</summary>
    public string Id { get; }

    /// <summary>Whether this is an organization's scope.</summary>
    public bool IsOrganization { get; }

    /// <summary>The project's number; null for an organization, and for @current.</summary>
    public int? ProjectNumber =>
        !IsOrganization && int.TryParse(Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The routes of a project.</summary>
    /// <param name="id">A number, or current (also @current).</param>
    /// <param name="path">The prefix of the routes.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> cannot be an id.</exception>
    public static ApiScope Project(string id, ApiPath path = ApiPath.Projects) =>
        new($"/api/{(path == ApiPath.Environments ? "environments" : "projects")}/{OnWire(id)}/", OnWire(id), isOrganization: false);

    /// <summary>The routes of an organization, which newer servers no longer have.</summary>
    /// <param name="id">A UUID, or current (also @current).</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> cannot be an id.</exception>
    public static ApiScope Organization(string id) => new($"/api/organizations/{OnWire(id)}/", OnWire(id), isOrganization: true);

    internal static bool IsSegment(string id) => id.Length is > 0 and <= MaxIdLength && !id.AsSpan().ContainsAnyExcept(IdCharacters);

    internal static string Segment(string id) => IsSegment(id) ? id : throw new InvalidIdException(id);

    private static string OnWire(string id) => id is "current" or "@current" ? "@current" : Segment(id);
}

/// <summary>The prefix of project routes (docs/wire.md, section 1).</summary>
public enum ApiPath
{
    /// <summary>/api/projects/, which every server has.</summary>
    Projects,

    /// <summary>/api/environments/, which older documentation uses.</summary>
    Environments,
}
