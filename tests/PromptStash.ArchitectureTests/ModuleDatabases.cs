using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PromptStash.ServiceDefaults;

namespace PromptStash.ArchitectureTests;

/// <summary>The modules' contexts, made as a host makes them, on a connection string that leads nowhere: a model needs no server.</summary>
public sealed class ModuleDatabases : IAsyncDisposable
{
    public const string NowhereConnectionString = "Host=nowhere.invalid;Database=nothing;Username=nobody";

    private readonly ServiceProvider _services;
    private readonly Dictionary<string, Type> _contexts;

    public ModuleDatabases()
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration[$"ConnectionStrings:{DatabaseConnection.Name}"] = NowhereConnectionString;
        builder.AddPromptStashDatabase();
        builder.Services.AddLogging();
        foreach (var module in Repository.Modules)
        {
            AddDatabaseOf(module).Invoke(obj: null, [builder.Services]);
        }

        _services = builder.Services.BuildServiceProvider();
        _contexts = Repository.Modules.ToDictionary(module => module.Name, ContextOf, StringComparer.Ordinal);
    }

    /// <summary>Calls <paramref name="look"/> with a module's context and its complete model, constraints and all.</summary>
    internal void Look(string module, Action<DbContext, IModel> look)
    {
        using var scope = _services.CreateScope();
        var context = (DbContext)scope.ServiceProvider.GetRequiredService(_contexts[module]);

        look(context, context.GetService<IDesignTimeModel>().Model);
    }

    internal string SchemaOf(string module)
    {
        string? schema = null;
        Look(module, (_, model) => schema = model.GetDefaultSchema());

        return schema ?? throw new InvalidOperationException($"The module {module} has no default schema.");
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static MethodInfo AddDatabaseOf(Module module) => module.Face
        .GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Single(method => method.Name.StartsWith("Add", StringComparison.Ordinal) && method.Name.EndsWith("Database", StringComparison.Ordinal));

    private static Type ContextOf(Module module) => module.Types.Single(type => type.IsSubclassOf(typeof(DbContext)));
}
