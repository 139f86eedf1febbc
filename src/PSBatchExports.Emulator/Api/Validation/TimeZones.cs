namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the time zone of an export: an IANA name, case-sensitive.</summary>
internal static class TimeZones
{
    public static string Check(string name, string attribute) =>
        name == "UTC" || IsIanaName(name) ? name : throw Problem.Choice(name, attribute);

    private static bool IsIanaName(string name) =>
        name.Length > 0 && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId && zone.Id == name;
}
