using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PSBatchExports.Json;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Texts that repeat are one string in memory.</summary>
public sealed class SharedTextTests
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void A_text_that_repeats_is_one_string()
    {
        Assert.Same(Read("\"every 15 minutes\""), Read("\"every 15 minutes\""));
    }

    [Fact]
    public void Every_text_is_read_as_it_is()
    {
        var texts = Enumerable.Range(0, 5000).Select(number => $"{new string('é', number % 40)}{number} \"\\\u0001😀").ToArray();
        foreach (var text in texts.Concat(texts.AsEnumerable().Reverse()))
        {
            Assert.Equal(text, Read(JsonSerializer.Serialize(text)));
            Assert.Equal(text, Read(JsonSerializer.Serialize(text, Unescaped)));
        }
    }

    [Fact]
    public void Texts_are_right_when_threads_read_at_once()
    {
        var texts = Enumerable.Range(0, 4000).Select(number => $"text {number}").ToArray();
        Parallel.For(0, 4, _ => Assert.All(texts, text => Assert.Equal(text, Read($"\"{text}\""))));
    }

    private static string Read(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return SharedText.Read(reader);
    }
}
