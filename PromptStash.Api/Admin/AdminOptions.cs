using System.ComponentModel.DataAnnotations;

namespace PromptStash.Api.Admin;

/// <summary>Who may look at the system itself: configuration section <c>Admin</c>.</summary>
internal sealed class AdminOptions
{
    public const string Section = "Admin";

    /// <summary>The addresses of administrators; each counts only once it is proven. Default: none.</summary>
    public List<string> Emails { get; set; } = [];

    /// <summary>How long after signing in an administrator may look; then they sign in again. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromHours(1);
}
