using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>The persons of generated events.</summary>
internal static class SamplePersons
{
    public const int Count = 500;

    private static readonly DateTimeOffset FirstCreation = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Plans = ["free", "pro", "enterprise"];
    private static readonly string[] Cities = ["Berlin", "Utrecht", "São Paulo", "Kraków", "Austin", "東京"];

    public static string DistinctId(int person) => string.Create(CultureInfo.InvariantCulture, $"user-{person:0000}");

    public static DateTimeOffset CreatedAt(int person) => FirstCreation.AddMinutes(person).AddMilliseconds(person % 3 * 125);

    public static Guid Id(int seed, int person) => new Noise(seed, -1 - person).Id(FirstCreation.AddMinutes(person));

    public static string Properties(int person)
    {
        var plan = Plans[person % Plans.Length];
        var city = Cities[person % Cities.Length];
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"email":"user-{{person:0000}}@example.com","plan":"{{plan}}","city":"{{city}}"}""");
    }
}
