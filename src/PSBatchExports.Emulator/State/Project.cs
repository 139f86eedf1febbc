namespace PSBatchExports.Emulator;

public sealed record Project(int Id, Guid OrganizationId);
