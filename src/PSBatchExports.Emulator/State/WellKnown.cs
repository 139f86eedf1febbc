namespace PSBatchExports.Emulator;

/// <summary>Keys, organizations and projects that exist in addition to those of <see cref="EmulatorOptions"/>.</summary>
public static class WellKnown
{
    /// <summary>Scope <c>batch_export:read</c> only.</summary>
    public const string ReadOnlyKey = "phx_emulator_read_only";

    /// <summary>A scope that has nothing to do with batch exports.</summary>
    public const string UnrelatedScopeKey = "phx_emulator_unrelated_scope";

    /// <summary>Limited to the main project.</summary>
    public const string ThisProjectKey = "phx_emulator_this_project";

    /// <summary>Limited to the second project of the organization.</summary>
    public const string OtherProjectKey = "phx_emulator_other_project";

    /// <summary>Limited to the foreign organization.</summary>
    public const string OtherOrganizationKey = "phx_emulator_other_organization";

    /// <summary>Its owner is a member of the foreign organization only.</summary>
    public const string StrangerKey = "phx_emulator_stranger";

    /// <summary>Full scopes, but access control lets its owner view only.</summary>
    public const string ViewerKey = "phx_emulator_viewer";

    /// <summary>Full scopes, but its owner is no project admin.</summary>
    public const string MemberKey = "phx_emulator_member";

    /// <summary>The owner of the main key is not a member of it.</summary>
    public static readonly Guid ForeignOrganizationId = new("0195f1c2-7a3b-0000-8f4e-3c2d1b0a9e99");

    /// <summary>Forbids personal API keys.</summary>
    public static readonly Guid LockedOrganizationId = new("0195f1c2-7a3b-0000-8f4e-3c2d1b0a9eaa");

    /// <summary>An export of the project in the foreign organization.</summary>
    public static readonly Guid ForeignExportId = new("0199a6c2-ffff-0000-0000-000000000001");

    /// <summary>Added to the main project's id: the second project of the same organization.</summary>
    public const int OtherProjectOffset = 54;

    /// <summary>Added to the main project's id: the project of the foreign organization.</summary>
    public const int ForeignProjectOffset = 1000;

    /// <summary>Added to the main project's id: the project of the organization that forbids keys.</summary>
    public const int LockedProjectOffset = 2000;

    /// <summary>Added to the main project's id: the first of the further projects, whose ids follow each other.</summary>
    public const int FurtherProjectsOffset = 10_000;
}
