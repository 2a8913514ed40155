using System.ComponentModel.DataAnnotations;

namespace PromptStash.Stashes.Tests;

public sealed class SettingLimits
{
    [Fact]
    public void As_they_are_by_default_is_allowed() => Assert.True(IsAllowed(new StashesOptions()));

    [Theory]
    [InlineData(-30)]
    [InlineData(0)]
    public void Of_the_trash_so_that_it_is_emptied_at_once_is_refused(int days) =>
        Assert.False(IsAllowed(new StashesOptions { TrashRetention = TimeSpan.FromDays(days) }));

    [Theory]
    [InlineData(-24)]
    [InlineData(0)]
    public void Of_repeated_answers_so_that_none_is_repeated_is_refused(int hours) =>
        Assert.False(IsAllowed(new StashesOptions { IdempotencyKeyLifetime = TimeSpan.FromHours(hours) }));

    private static bool IsAllowed(StashesOptions options) => Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true);
}
