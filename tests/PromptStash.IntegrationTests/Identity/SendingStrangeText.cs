using System.Text;

namespace PromptStash.IntegrationTests.Identity;

/// <summary>Text that is none is the sender's mistake, not a fault of ours.</summary>
public sealed class SendingStrangeText(PromptStashApp app)
{
    [Theory]
    [InlineData("/api/auth/sign-in/email", "\\ud800")]
    [InlineData("/api/auth/sign-in/email", "\\ufffe12345678")]
    [InlineData("/api/auth/sign-in/email", "\\u0000")]
    [InlineData("/api/auth/sign-up/email", "\\ud800")]
    [InlineData("/api/auth/sign-up/email", "\\ufffe12345678")]
    public async Task As_a_password_is_answered_with_400(string path, string password)
    {
        using var nobody = app.NewClient();
        using var body = new StringContent(
            $$"""{"name":"x","email":"strange@example.com","password":"{{password}}"}""", Encoding.UTF8, "application/json");

        var response = await nobody.PostAsync(path, body, TestContext.Current.CancellationToken);

        await response.ReadAsync(HttpStatusCode.BadRequest);
    }
}
