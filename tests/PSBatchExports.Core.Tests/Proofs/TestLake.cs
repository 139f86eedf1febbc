using PSBatchExports.Ledger;

namespace PSBatchExports.Core.Tests;

/// <summary>A folder with saved windows of a day each, and its ledger.</summary>
internal sealed class TestLake : IDisposable
{
    public static readonly DateTimeOffset FirstDay = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset SavedAt = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestFolder _folder = new();

    private TestLake(LakeKind kind) => Kind = kind;

    public LakeKind Kind { get; }

    public string Path => _folder.Path;

    public List<LakeWindow> Windows { get; } = [];

    public static TestLake Create(LakeKind kind, Random random, int windows = 3)
    {
        var lake = new TestLake(kind);
        for (var day = 0; day < windows; day++)
        {
            var files = Enumerable
                .Range(0, random.Next(1, 4))
                .Select(number => new LakeFile($"part-{number}{kind.Extension}", lake.Keys(random.Next(2, 12), random)))
                .ToList();
            lake.Windows.Add(new LakeWindow(FirstDay.AddDays(day), $"0190a1b2-0000-7000-8000-{day:d12}", files));
        }

        return lake;
    }

    /// <summary>Writes the files and the ledger.</summary>
    public async Task SaveAsync(bool isNamed = true)
    {
        foreach (var file in Windows.SelectMany(window => window.Files))
            await file.EncodeAsync(Kind);

        await WriteFilesAsync();
        if (isNamed)
            WriteLedger();
    }

    public async Task WriteFilesAsync()
    {
        foreach (var window in Windows)
        {
            Directory.CreateDirectory(FolderOf(window));
            foreach (var file in window.Files)
                await File.WriteAllBytesAsync(PathOf(window, file), file.Content);
        }
    }

    public void WriteLedger()
    {
        var lines = Windows.SelectMany(LinesOf).SelectMany(line => line.ToBytes());
        File.WriteAllBytes(System.IO.Path.Combine(Path, LedgerReader.FileName), [.. lines]);
    }

    public string FolderOf(LakeWindow window) => System.IO.Path.Combine(Path, Kind.Model, window.Name);

    public string PathOf(LakeWindow window, LakeFile file) => System.IO.Path.Combine(FolderOf(window), file.Name);

    public string NextKey(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return Kind.Model == "persons" ? $"person {Convert.ToHexString(bytes)}" : $"{new Guid(bytes)}";
    }

    public Task<List<BatchExportFileProof>> ProveAsync(ProofLevel level) => ProveAsync(level, Path);

    public static async Task<List<BatchExportFileProof>> ProveAsync(ProofLevel level, params string[] paths)
    {
        var plan = new ProofPlan();
        foreach (var path in paths)
            plan.Add(path);

        return await ProveAsync(plan, level);
    }

    public static async Task<List<BatchExportFileProof>> ProveAsync(ProofPlan plan, ProofLevel level)
    {
        var proofs = new List<BatchExportFileProof>();
        await foreach (var proof in plan.ProveAsync(new ProofOptions { Level = level }))
            proofs.Add(proof);

        return proofs;
    }

    public void Dispose() => _folder.Dispose();

    private IEnumerable<LedgerLine> LinesOf(LakeWindow window)
    {
        var line = new LedgerLine { Event = LedgerEvents.Planned, At = SavedAt, Model = Kind.Model, Start = window.Start, End = window.End };
        yield return line with { Every = (window.End - window.Start).TotalSeconds };
        if (!window.IsSaved)
            yield break;

        yield return line with { Event = LedgerEvents.Started, Run = window.RunId };
        yield return line with
        {
            Event = LedgerEvents.Saved,
            Records = window.Records ?? window.Files.Sum(file => file.Keys.Count),
            Folder = $"{Kind.Model}/{window.Name}",
            Files = [.. window.NamedFiles.Select(file => file.Entry($"{window.RunId}-{file.Name}"))],
        };
    }

    private List<string> Keys(int count, Random random) => [.. Enumerable.Range(0, count).Select(_ => NextKey(random))];
}
