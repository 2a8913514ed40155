namespace PromptStash.AppHost.Tests;

public sealed class TheParameters(AppHostModel model)
{
    [Fact]
    public void Say_what_they_are_for() =>
        Assert.All(
            model.Builder.Resources.OfType<ParameterResource>(), parameter => Assert.False(string.IsNullOrWhiteSpace(parameter.Description)));

    [Fact]
    public void Keep_the_password_secret_and_make_it_up_when_nobody_gives_one()
    {
        var password = model.Resource<ParameterResource>("postgres-password");

        Assert.True(password.Secret);
        var generated = Assert.IsType<GenerateParameterDefault>(password.Default);
        Assert.True(generated.MinLength >= 32);
        Assert.False(generated.Special);
    }

    [Fact]
    public void Have_no_value_in_a_file_of_the_repository() =>
        Assert.All(
            Directory.EnumerateFiles(model.Builder.AppHostDirectory, "*.json"),
            file => Assert.DoesNotContain("postgres-", File.ReadAllText(file), StringComparison.OrdinalIgnoreCase));
}
