using PSBatchExports.Manifests;

namespace PSBatchExports.Core.Tests.Manifests;

/// <summary>Manifests of two runs, whose names and URLs have what must be quoted.</summary>
internal static class SampleManifests
{
    private const string FirstRun = "01a22f06-0001-0000-0000-000000000001";
    private const string SecondRun = "01a22f06-0002-0000-0000-000000000002";
    private const string FirstName = "2026-11-01T00-00-00+00-00-2026-11-02T00-00-00+00-00-";
    private const string SecondName = "2026-11-02T00-00-00+00-00-2026-11-03T00-00-00+00-00-";

    public static Manifest Saved(string extension) => Create(extension, Local);

    public static Manifest Listed(string extension) => Create(extension, Remote);

    private static Manifest Create(string extension, Func<string, string, int, ManifestFile> file) => new()
    {
        CreatedAt = new DateTimeOffset(2026, 12, 1, 8, 30, 0, TimeSpan.Zero),
        Model = "events",
        Runs =
        [
            new ManifestRun(
                FirstRun, Day(1), Day(2), Records: 1500,
                [file(FirstRun, $"{FirstName}0{extension}", 1), file(FirstRun, $"{FirstName}1{extension}", 2)]),
            new ManifestRun(SecondRun, Day(2), Day(3), Records: 700, [file(SecondRun, $"{SecondName}0{extension}", 3)]),
        ],
    };

    private static ManifestFile Local(string run, string name, int number) => File(run, name, number) with
    {
        FullName = $"/lake/it's [raw] \"é\"/{run}/{name}",
        Sha256 = new string((char)('a' + number), 64),
    };

    private static ManifestFile Remote(string run, string name, int number) => File(run, name, number) with
    {
        Url = $"https://bucket.s3.eu-west-1.amazonaws.com/{run}/{number}%3A0%2B0?"
            + $"X-Amz-Expires=3600&response-content-disposition=attachment%3B%20filename%3D%22{number}%22&X-Amz-Signature=it's{number}~",
        ExpiresAt = new DateTimeOffset(2026, 12, 1, 9, 25 + number, 0, TimeSpan.Zero),
    };

    private static ManifestFile File(string run, string name, int number) => new()
    {
        RunId = run,
        FileId = $"01a22f06-000{number}-0000-0001-000000000000",
        Name = name,
        Length = 1000 * number,
        ETag = $"\"{number}-1\"",
        Records = number == 3 ? 700 : 750,
    };

    private static DateTimeOffset Day(int day) => new(2026, 11, day, 0, 0, 0, TimeSpan.Zero);
}
