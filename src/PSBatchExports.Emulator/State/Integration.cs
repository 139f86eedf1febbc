using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator;

/// <summary>A stored credential of a project, referred to by destinations.</summary>
/// <param name="StoresHost">Whether it knows the host to connect to (some Redshift ones do not).</param>
public sealed record Integration(int Id, int ProjectId, string Kind, bool StoresHost = true)
{
    /// <summary>What distinguishes it from others of its kind and project.</summary>
    public string Identity { get; init; } = "";

    /// <summary>The settings that are not secret.</summary>
    public JsonObject Config { get; init; } = [];

    public string? DisplayName { get; init; }

    public DateTimeOffset CreatedAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The user who created it is gone.</summary>
    public bool CreatorGone { get; init; }

    /// <summary>The names of the enabled data pipelines that use it.</summary>
    public IReadOnlyList<string> Pipelines { get; init; } = [];
}
