namespace PSBatchExports.Emulator;

/// <summary>A stored credential of a project, referred to by destinations.</summary>
/// <param name="StoresHost">Whether it knows the host to connect to (some Redshift ones do not).</param>
public sealed record Integration(int Id, int ProjectId, string Kind, bool StoresHost = true);
