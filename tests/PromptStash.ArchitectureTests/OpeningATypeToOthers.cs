using System.Reflection;

namespace PromptStash.ArchitectureTests;

public sealed class OpeningATypeToOthers
{
    private static readonly string[] IrregularPastTenses = ["Sent", "Made", "Left", "Lost", "Kept", "Given", "Taken", "Withdrawn", "Begun", "Read", "Written", "Run", "Set"];

    public static TheoryData<string> Modules => Repository.ModuleNames;

    public static TheoryData<string> Contracts => Repository.ContractsNames;

    [Theory]
    [MemberData(nameof(Modules))]
    public void Is_for_the_modules_face_its_options_its_requests_and_what_these_show(string module)
    {
        var types = Repository.Module(module).Types;
        var open = types.Where(type => type.IsVisible && !IsMigration(type)).ToHashSet();
        var allowed = open.Where(type => Module.IsFace(type) || IsNamed(type, "Options") || IsNamed(type, "Request")).ToHashSet();
        for (var seen = 0; seen < allowed.Count;)
        {
            seen = allowed.Count;
            allowed.UnionWith(allowed.ToList().SelectMany(ShownBy).Where(open.Contains));
        }

        Assert.Single(allowed, Module.IsFace);
        Rule.HoldsFor(open, allowed.Contains);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Leaves_every_class_sealed_static_or_abstract(string module)
    {
        var classes = Repository.Module(module).Types.Where(type => type.IsClass && !IsMigration(type));

        Rule.HoldsFor(classes, type => type.IsSealed || type.IsAbstract);
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void In_contracts_is_for_at_most_ten_interfaces_records_and_enums(string contracts)
    {
        var types = TypesOf(contracts);

        Assert.InRange(types.Count, 1, 10);
        Rule.HoldsFor(types, type => type.IsPublic && (type.IsInterface || type.IsEnum || IsRecord(type)));
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void In_contracts_tells_of_events_in_the_past_tense(string contracts)
    {
        var events = TypesOf(contracts).Where(IsEvent);

        Rule.IsBrokenBy(events.Where(type => !IsPastTense(type.Name)));
    }

    [Fact]
    public void In_contracts_gives_every_event_that_a_module_consumes_a_wire_name()
    {
        var consumed = Repository.Modules
            .SelectMany(module => module.Types)
            .SelectMany(type => type.GetInterfaces())
            .Where(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(BuildingBlocks.IEventConsumer<>))
            .Select(face => face.GenericTypeArguments[0])
            .Distinct();

        Rule.HoldsFor(consumed, type => IsEvent(type) && IsPastTense(type.Name));
    }

    private static List<Type> TypesOf(string contracts) =>
        [.. Repository.Load(Repository.Project(contracts)).GetTypes().Where(type => type.Namespace?.StartsWith(contracts, StringComparison.Ordinal) is true && !type.IsNested)];

    private static bool IsNamed(Type type, string ending) => type is { IsClass: true, IsSealed: true } && type.Name.EndsWith(ending, StringComparison.Ordinal);

    private static bool IsMigration(Type type) => type.Namespace?.EndsWith(".Data.Migrations", StringComparison.Ordinal) is true;

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null);

    /// <summary>An event is what has a wire name.</summary>
    private static bool IsEvent(Type type) => type.GetField("Type", BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true };

    private static bool IsPastTense(string name) =>
        name.EndsWith("ed", StringComparison.Ordinal) || IrregularPastTenses.Any(verb => name.EndsWith(verb, StringComparison.Ordinal));

    /// <summary>The types in the signatures of a type's public members.</summary>
    private static IEnumerable<Type> ShownBy(Type type)
    {
        const BindingFlags members = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

        return type.GetProperties(members).Select(property => property.PropertyType)
            .Concat(type.GetFields(members).Select(field => field.FieldType))
            .Concat(type.GetConstructors(members).SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.ParameterType))
            .Concat(type.GetMethods(members).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)))
            .SelectMany(Parts);

        static IEnumerable<Type> Parts(Type type) => type.HasElementType
            ? Parts(type.GetElementType()!)
            : type.GetGenericArguments().SelectMany(Parts).Append(type);
    }
}
