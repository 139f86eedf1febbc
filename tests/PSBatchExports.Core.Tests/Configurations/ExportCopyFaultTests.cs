using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>A fault at each request of a copy: no export is made twice, and further calls end the work.</summary>
public sealed class ExportCopyFaultTests
{
    private static readonly string[] Names = ["one", "two", "three"];

    public static TheoryData<string> Faults => RequestFaults.Names;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_at_any_request_makes_no_export_twice(string fault)
    {
        await using var source = await StartSourceAsync();
        var requests = await CountRequestsAsync(source);
        for (var request = 0; request < requests; request++)
        {
            await using var target = await ExportCopyTests.StartTargetAsync();
            target.Break(RequestFaults.At(fault, request));
            await TryCopyAsync(source, target);
            target.Emulator.Faults.Clear();
            var names = ExportCopyTests.StoredExports(target).Select(export => export.Name).ToArray();
            Assert.Equal(names.Distinct(StringComparer.Ordinal), names);

            await ExportCopyTests.CopyAsync(source, target);
            Assert.Equal(
                Names.Order(StringComparer.Ordinal),
                ExportCopyTests.StoredExports(target).Select(export => export.Name).Order(StringComparer.Ordinal));
            Assert.All(ExportCopyTests.StoredExports(target), export => Assert.True(export.Paused));

            var done = target.Requests.Count;
            await ExportCopyTests.CopyAsync(source, target);
            Assert.DoesNotContain(target.Requests.Skip(done), sent => sent.Method != "GET");
        }
    }

    private static async Task<TestService> StartSourceAsync()
    {
        var source = await TestService.StartAsync();
        foreach (var name in Names)
            source.AddExport().Name = name;

        return source;
    }

    private static async Task<int> CountRequestsAsync(TestService source)
    {
        await using var target = await ExportCopyTests.StartTargetAsync();
        await ExportCopyTests.CopyAsync(source, target);
        return target.Requests.Count;
    }

    private static async Task TryCopyAsync(TestService source, TestService target)
    {
        ExportCopyPlan plan;
        try
        {
            plan = await ExportCopyTests.PlanAsync(source, target);
        }
        catch (BatchExportException)
        {
            return;
        }

        foreach (var copy in plan.Copies)
        {
            try
            {
                await plan.CopyAsync(copy).WithTimeout();
            }
            catch (BatchExportException)
            {
                // The others go on.
            }
        }
    }
}
