using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>The persons whose events are generated.</summary>
internal static class People
{
    public const int Count = 500;

    private static readonly DateTimeOffset s_firstCreation = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] s_plans = ["free", "pro", "enterprise"];
    private static readonly string[] s_cities = ["Berlin", "Utrecht", "São Paulo", "Kraków", "Austin", "東京"];

    public static string DistinctId(int person) => string.Create(CultureInfo.InvariantCulture, $"user-{person:0000}");

    public static DateTimeOffset CreatedAt(int person) => s_firstCreation.AddMinutes(person).AddMilliseconds(person % 3 * 125);

    public static Guid Id(int seed, int person) => new Noise(seed, -1 - person).Id(s_firstCreation.AddMinutes(person));

    public static string Properties(int person) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"email":"user-{{person:0000}}@example.com","plan":"{{s_plans[person % s_plans.Length]}}","city":"{{s_cities[person % s_cities.Length]}}"}""");
}
