namespace PromptStash.ArchitectureTests;

/// <summary>A rule over what was found. Found nothing, it fails: a rule that looks in the wrong place must not look like one that is kept.</summary>
internal static class Rule
{
    /// <summary>Fails with every subject that breaks the rule.</summary>
    public static void HoldsFor<T>(IEnumerable<T> subjects, Func<T, bool> holds, Func<T, string?>? describe = null)
    {
        var all = subjects.ToList();
        Assert.NotEmpty(all);
        IsBrokenBy(all.Where(subject => !holds(subject)), describe);
    }

    /// <summary>Fails with every subject that is there. Only beside a look at what the rule was applied to.</summary>
    public static void IsBrokenBy<T>(IEnumerable<T> subjects, Func<T, string?>? describe = null)
    {
        var offenders = subjects.Select(subject => describe is null ? subject?.ToString() : describe(subject)).ToList();
        Assert.True(offenders.Count == 0, $"{offenders.Count} found:{Environment.NewLine}{string.Join(Environment.NewLine, offenders)}");
    }
}
