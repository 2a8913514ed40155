using System.Net.Http.Headers;
using System.Text;

namespace PromptStash.IntegrationTests.Api;

/// <summary>What tests look at in an error.</summary>
internal static class Problem
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The problem document, after a look at status, content type and the trace id that every one has.</summary>
    public static async Task<JsonElement> IsProblemAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var body = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<JsonElement>(body);
        Assert.Equal((int)expected, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", problem.GetProperty("traceId").GetString());

        return problem;
    }

    public static string DetailOf(this JsonElement problem) => problem.GetProperty("detail").GetString()!;

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    /// <summary>Seconds, as a number of them.</summary>
    public static int RetryAfter(this HttpResponseHeaders headers) => int.Parse(Assert.Single(headers.GetValues("Retry-After")), System.Globalization.CultureInfo.InvariantCulture);
}
