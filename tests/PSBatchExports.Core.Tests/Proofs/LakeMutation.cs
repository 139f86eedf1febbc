namespace PSBatchExports.Core.Tests;

/// <summary>Damages lakes, each kind so that a level of proof promises to find it.</summary>
internal static class LakeMutation
{
    public static readonly IReadOnlyDictionary<string, ProofLevel> Kinds = new Dictionary<string, ProofLevel>
    {
        ["byte flipped"] = ProofLevel.Files,
        ["file cut"] = ProofLevel.Files,
        ["file dropped"] = ProofLevel.Files,
        ["file doubled"] = ProofLevel.Files,
        ["file doubled outside of windows"] = ProofLevel.Files,
        ["files of two windows swapped"] = ProofLevel.Files,
        ["row dropped after saving"] = ProofLevel.Files,
        ["row doubled after saving"] = ProofLevel.Files,
        ["row changed after saving"] = ProofLevel.Files,
        ["rows of two windows swapped after saving"] = ProofLevel.Files,
        ["window folder removed"] = ProofLevel.Files,
        ["file not named"] = ProofLevel.Files,
        ["window not saved"] = ProofLevel.Files,
        ["window not planned"] = ProofLevel.Files,
        ["windows overlap"] = ProofLevel.Files,
        ["row never delivered"] = ProofLevel.Counts,
        ["row delivered twice"] = ProofLevel.Counts,
        ["row delivered instead of another"] = ProofLevel.Rows,
        ["row of another window delivered"] = ProofLevel.Rows,
    };

    /// <summary>Saves a damaged lake. False if the kind does not apply to it.</summary>
    public static async Task<bool> SaveAsync(string kind, TestLake lake, Random random)
    {
        var (window, other) = Pick(lake, random);
        var file = window.Files[random.Next(window.Files.Count)];
        if (!Prepare(kind, lake, window, other, file))
            return false;

        await lake.SaveAsync();
        return await DamageAsync(kind, lake, window, other, file, random);
    }

    private static (LakeWindow Window, LakeWindow Other) Pick(TestLake lake, Random random)
    {
        var number = random.Next(1, lake.Windows.Count - 1);
        return (lake.Windows[number], lake.Windows[random.Next(2) == 0 ? number - 1 : number + 1]);
    }

    // What the service delivers and the ledger says.
    private static bool Prepare(string kind, TestLake lake, LakeWindow window, LakeWindow other, LakeFile file)
    {
        var records = window.Files.Sum(item => item.Keys.Count);
        switch (kind)
        {
            case "file not named":
                window.NamedFiles.Remove(file);
                window.Records = records - file.Keys.Count;
                break;
            case "window not saved":
                window.IsSaved = false;
                break;
            case "window not planned":
                lake.Windows.Remove(window);
                break;
            case "windows overlap":
                window.End = window.End.AddHours(1);
                break;
            case "row never delivered":
                window.Records = records;
                file.Keys.RemoveAt(file.Keys.Count - 1);
                break;
            case "row delivered twice":
                window.Records = records;
                file.Keys.Add(file.Keys[0]);
                break;
            case "row delivered instead of another":
                file.Keys[^1] = file.Keys[0];
                return lake.Kind.HasReadableRows;
            case "row of another window delivered":
                file.Keys[^1] = other.Files[0].Keys[0];
                return lake.Kind is { HasReadableRows: true, Model: "events" };
            default:
                break;
        }

        return true;
    }

    // What happens to the saved files.
    private static async Task<bool> DamageAsync(
        string kind, TestLake lake, LakeWindow window, LakeWindow other, LakeFile file, Random random)
    {
        var path = lake.PathOf(window, file);
        switch (kind)
        {
            case "byte flipped":
                var content = file.Content.ToArray();
                content[random.Next(content.Length)] ^= (byte)random.Next(1, 256);
                await File.WriteAllBytesAsync(path, content);
                break;
            case "file cut":
                await File.WriteAllBytesAsync(path, file.Content[..random.Next(file.Content.Length)]);
                break;
            case "file dropped":
                File.Delete(path);
                break;
            case "file doubled":
                File.Copy(path, Path.Combine(lake.FolderOf(random.Next(2) == 0 ? window : other), $"copy-{file.Name}"));
                break;
            case "file doubled outside of windows":
                File.Copy(path, Path.Combine(lake.Path, lake.Kind.Model, file.Name));
                break;
            case "files of two windows swapped":
                await File.WriteAllBytesAsync(path, other.Files[0].Content);
                await File.WriteAllBytesAsync(lake.PathOf(other, other.Files[0]), file.Content);
                break;
            case "row dropped after saving":
                return await RewriteAsync(lake, window, file, file.Keys[1..]);
            case "row doubled after saving":
                return await RewriteAsync(lake, window, file, [.. file.Keys, file.Keys[^1]]);
            case "row changed after saving":
                return await RewriteAsync(lake, window, file, [.. file.Keys[1..], lake.NextKey(random)]);
            case "rows of two windows swapped after saving":
                return await RewriteAsync(lake, window, file, [other.Files[0].Keys[0], .. file.Keys[1..]])
                    && await RewriteAsync(lake, other, other.Files[0], [file.Keys[0], .. other.Files[0].Keys[1..]]);
            case "window folder removed":
                Directory.Delete(lake.FolderOf(window), recursive: true);
                break;
            default:
                break;
        }

        return true;
    }

    private static async Task<bool> RewriteAsync(TestLake lake, LakeWindow window, LakeFile file, List<string> keys)
    {
        await File.WriteAllBytesAsync(lake.PathOf(window, file), await LakeFile.ContentAsync(lake.Kind, keys));
        return true;
    }
}
