using Xunit;

namespace PSBatchExports.Core.Tests.Coverage;

public sealed class HealthOverTimeTests
{
    [Theory]
    [InlineData("hour", 90, 400)]
    [InlineData("day", 90, 300)]
    [InlineData("week", 90, 200)]
    [InlineData("every 5 minutes", 6, 300)]
    [InlineData("every 15 minutes", 12, 300)]
    public async Task An_export_that_works_is_never_late(string interval, int days, int looks)
    {
        await using var service = await TestService.StartAsync(options => options with
        {
            LiveSchedule = true,
            RunDuration = TimeSpan.FromMinutes(4),
        });
        var random = new Random(90);
        var exports = Enumerable.Range(0, 3).Select(_ => service.AddExport(interval: interval)).ToArray();
        service.Clock.Advance(TimeSpan.FromDays(interval == "week" ? 15 : 2));
        await service.ReadAsync(exports[0]);
        var step = TimeSpan.FromDays(days) / looks;

        for (var look = 0; look < looks; look++)
        {
            service.Clock.Advance(step * (random.NextDouble() * 2));
            var export = await service.ReadAsync(exports[look % exports.Length]);
            var health = await service.Client.In(service.Project).Health.GetAsync(export);

            Assert.True(health.Verdict == HealthVerdict.Fresh, $"{service.Clock.GetUtcNow():u}: {health.Verdict}, {health.Reason}");
        }
    }
}
