using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace PSBatchExports.Core.Tests.Fuzz;

/// <summary>
/// Checks a property with generated input. The seed is fixed, so that runs are comparable; PSBATCHEXPORTS_FUZZ_SEED sets another.
/// PSBATCHEXPORTS_LONG_TESTS uses a random seed and fifty times the input. A failure reports its seed.
/// </summary>
internal static class Fuzzing
{
    private const ulong DefaultSeed = 20261008;
    private const int LongFactor = 50;

    private static readonly bool IsLong = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS"));

    private static readonly ulong Seed = ChooseSeed();

    public static void Check<T>(Gen<T> inputs, int count, Action<T> property) => Check(Prop.ForAll(inputs.ToArbitrary(), property), count);

    public static void Check<T>(Arbitrary<T> inputs, int count, Func<T, Task> property) => Check(Prop.ForAll(inputs, property), count);

    private static void Check(Property property, int count)
    {
        try
        {
            property.Check(Config.QuickThrowOnFailure.WithMaxTest(IsLong ? count * LongFactor : count).WithReplay(Seed, 1));
        }
        catch (Exception failure)
        {
            Assert.Fail($"With PSBATCHEXPORTS_FUZZ_SEED={Seed}: {failure.Message}");
        }
    }

    private static ulong ChooseSeed()
    {
        var text = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_FUZZ_SEED");
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
            return seed;

        return IsLong ? (ulong)Random.Shared.NextInt64() : DefaultSeed;
    }
}
