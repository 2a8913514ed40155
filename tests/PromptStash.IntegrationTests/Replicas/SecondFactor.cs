using OtpNet;
using PromptStash.IntegrationTests.Identity;

namespace PromptStash.IntegrationTests.Replicas;

internal static class SecondFactor
{
    /// <summary>Sets a second factor up with the code of the step before, so that the one of now is left for the sign-in.</summary>
    public static async Task<byte[]> EnrolAsync(HttpClient client)
    {
        var enrolment = await (await client.PostAuthAsync("two-factor/enable", new { password = AuthClient.Password })).ReadAsync(HttpStatusCode.OK);
        var secret = Base32Encoding.ToBytes(System.Web.HttpUtility.ParseQueryString(new Uri(enrolment.Text("totpURI")).Query)["secret"]!);

        // The step before must not be the one before that when the code arrives.
        await Eventually.TrueAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % 30 < 20), "a new step of the clock is not far ahead");
        var code = new Totp(secret).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-30));
        await (await client.PostAuthAsync("two-factor/verify-totp", new { code })).ReadAsync(HttpStatusCode.OK);

        return secret;
    }
}
