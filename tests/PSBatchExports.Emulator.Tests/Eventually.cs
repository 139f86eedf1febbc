using Xunit;

namespace PSBatchExports.Emulator.Tests;

public static class Eventually
{
    public static async Task IsTrueAsync(Func<bool> condition)
    {
        for (var attempt = 0; attempt < 200 && !condition(); attempt++)
            await Task.Delay(25);
        Assert.True(condition());
    }
}
