using PromptStash.Stashes.Files;

namespace PromptStash.Stashes.Tests;

public sealed class WalkingAPath
{
    [Fact]
    public void Meets_every_folder_above_the_outermost_first() => Text.Path.Sample(text =>
    {
        var segments = text.Split('/');

        Assert.Equal(
            Enumerable.Range(1, segments.Length - 1).Select(count => string.Join('/', segments[..count])),
            StashPath.AncestorsOf(text));
    });

    [Fact]
    public void To_its_parent_and_back_by_its_name_ends_where_it_began() => Text.Path.Sample(text =>
    {
        var name = StashPath.NameOf(text);

        Assert.DoesNotContain('/', name);
        Assert.Equal(text, StashPath.ParentOf(text) is { } parent ? $"{parent}/{name}" : name);
    });

    [Fact]
    public void To_its_parent_is_to_the_last_of_its_ancestors() => Text.Path.Sample(text =>
        Assert.Equal(StashPath.ParentOf(text), StashPath.AncestorsOf(text).LastOrDefault()));

    [Fact]
    public void Up_step_by_step_meets_the_same_folders() => Text.Path.Sample(text =>
    {
        var met = new List<string>();
        for (var folder = StashPath.ParentOf(text); folder is not null; folder = StashPath.ParentOf(folder))
        {
            met.Add(folder);
        }

        Assert.Equal(StashPath.AncestorsOf(text).Reverse(), met);
    });

    [Fact]
    public void Meets_only_folders_whose_paths_keep_the_rules() => Text.Path.Sample(text =>
        Assert.All(StashPath.AncestorsOf(text), folder => Assert.True(StashPath.TryParse(folder, out _, out var error), error)));
}
