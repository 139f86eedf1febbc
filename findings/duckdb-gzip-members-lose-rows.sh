#!/usr/bin/env bash
# DuckDB.NET.Data.Full 1.5.6 (DuckDB 1.5.6): a JSON lines file in which every row is a gzip member of its own loses rows without an error
# if the members at its end fill the reader's last 32,760 bytes exactly. The same rows in one member are all read. gzip and .NET read all
# rows of both files.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NUGET_PACKAGES="$work/packages"
cd "$work"

cat > Members.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net$(BundledNETCoreAppTargetFrameworkVersion)</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="DuckDB.NET.Data.Full" Version="[1.5.6]" />
  </ItemGroup>
</Project>
PROJECT

cat > Program.cs <<'PROGRAM'
using System.IO.Compression;
using System.Text;
using DuckDB.NET.Data;

// 126 bytes a member: 10 of header, 5 of a stored block, 103 of the row, 8 of trailer. 260 of them are 32,760 bytes.
const int rows = 3000;
var lines = Enumerable.Range(100_000, rows).Select(Row).ToArray();

using (var members = File.Create("members.jsonl.gz"))
{
    foreach (var line in lines)
    {
        using var member = new GZipStream(members, CompressionLevel.NoCompression, leaveOpen: true);
        member.Write(line);
    }
}

using (var whole = File.Create("whole.jsonl.gz"))
using (var member = new GZipStream(whole, CompressionLevel.NoCompression))
{
    foreach (var line in lines)
        member.Write(line);
}

Console.WriteLine($"members.jsonl.gz: {new FileInfo("members.jsonl.gz").Length / rows} bytes a member");
using var connection = new DuckDBConnection("DataSource=:memory:");
connection.Open();
using var command = connection.CreateCommand();
command.CommandText = "SELECT version()";
Console.WriteLine($"DuckDB {command.ExecuteScalar()}");
foreach (var name in new[] { "whole", "members" })
{
    using var unpacked = new StreamReader(new GZipStream(File.OpenRead($"{name}.jsonl.gz"), CompressionMode.Decompress));
    var expected = unpacked.ReadToEnd().Count(character => character == '\n');
    command.CommandText = $"SELECT count(*) FROM read_json('{name}.jsonl.gz', format = 'newline_delimited')";
    Console.WriteLine($"{name}: .NET {expected}, DuckDB {command.ExecuteScalar()}");
}

static byte[] Row(int id)
{
    var head = $"{{\"id\":{id},\"text\":\"";
    return Encoding.ASCII.GetBytes(head + new string('x', 103 - head.Length - 3) + "\"}\n");
}
PROGRAM

dotnet run 2>&1 | tee output.txt
echo "gzip: $(gzip -dc members.jsonl.gz | wc -l) rows"
grep -q '^whole: .NET 3000, DuckDB 3000$' output.txt || { echo 'CHANGED: one member is not read whole.'; exit 1; }
if grep -q '^members: .NET 3000, DuckDB 3000$' output.txt; then
    echo 'CHANGED: all members are read.'
    exit 1
fi
echo 'As described: rows are lost without an error.'
