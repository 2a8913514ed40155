namespace PromptStash.AppHost.Tests;

public sealed class TheParameters(PublishedModel model, DevelopmentModel development)
{
    [Fact]
    public void Say_what_they_are_for() =>
        Assert.All(
            model.Builder.Resources.OfType<ParameterResource>(), parameter => Assert.False(string.IsNullOrWhiteSpace(parameter.Description)));

    [Fact]
    public void Keep_passwords_secret() =>
        Assert.Equal(
            ["postgres-password", "smtp-password"],
            model.Builder.Resources.OfType<ParameterResource>().Where(parameter => parameter.Secret).Select(parameter => parameter.Name).Order());

    [Fact]
    public void Have_no_value_that_a_developer_would_have_to_give() =>
        Assert.Equal(
            ["postgres-password", "postgres-user"],
            development.Builder.Resources.OfType<ParameterResource>().Select(parameter => parameter.Name).Order());

    [Fact]
    public void Make_the_password_up_when_nobody_gives_one()
    {
        var generated = Assert.IsType<GenerateParameterDefault>(model.Resource<ParameterResource>("postgres-password").Default);

        Assert.True(generated.MinLength >= 32);
        Assert.False(generated.Special);
    }

    [Fact]
    public void Have_no_value_in_a_file_of_the_repository()
    {
        string[] secrets = [.. model.Builder.Resources.OfType<ParameterResource>().Where(parameter => parameter.Secret).Select(parameter => parameter.Name)];
        var files = Files(model.Builder.AppHostDirectory).ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain("Parameters", text, StringComparison.Ordinal);

            // AppHost.cs gives them their names, and is seen above to give none a value.
            Assert.All(secrets, name => Assert.True(Path.GetFileName(file) == "AppHost.cs" || !text.Contains(name, StringComparison.OrdinalIgnoreCase), $"{file} names {name}."));
        });
    }

    /// <summary>What is kept in the repository: without what is built, saved or set on this machine alone.</summary>
    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder).Concat(
        Directory.EnumerateDirectories(folder).Where(name => Path.GetFileName(name) is not ("bin" or "obj" or "artifacts")).SelectMany(Files));
}
