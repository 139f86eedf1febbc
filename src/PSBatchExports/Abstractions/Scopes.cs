namespace PSBatchExports.Abstractions;

/// <summary>Chooses the routes: what was typed, then what was piped, then what the connection was made for.</summary>
internal static class Scopes
{
    public static ApiScope Project(BatchExportConnection connection, string? project) =>
        ApiScope.Project(string.IsNullOrEmpty(project) ? connection.ProjectId : project, connection.ApiPath);

    public static ApiScope ProjectOrOrganization(BatchExportConnection connection, string? organization, string? project, bool isProjectTyped)
    {
        if (!string.IsNullOrEmpty(organization))
            return ApiScope.Organization(organization);

        return !isProjectTyped && connection.OrganizationId is { } connected ? ApiScope.Organization(connected) : Project(connection, project);
    }
}
