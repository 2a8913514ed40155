using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PromptStash.ArchitectureTests;

public sealed class WritingCode
{
    /// <summary>
    /// A slice is 35 to 80 lines by design. The few that must explain a race or stream an archive come to twice that; beyond it there is
    /// something in the file that is not the operation.
    /// </summary>
    private const int MaxLinesOfASlice = 150;

    private static readonly HashSet<string> Verbs = ["MapGet", "MapPost", "MapPut", "MapPatch", "MapDelete", "MapMethods"];

    /// <summary>
    /// Commands past EF Core, which nobody names, times or traces: the worker's, and the one wait at the start of a process.
    /// </summary>
    private static readonly HashSet<string> MayGoPastEFCore = ["BulkSeed.cs", "KeyRingStart.cs"];

    public static TheoryData<string> Modules => Repository.ModuleNames;

    [Theory]
    [MemberData(nameof(Modules))]
    public void Pages_by_key_never_by_offset(string module)
    {
        var code = SourceCode.Of(Repository.Module(module).Implementation);

        Rule.HoldsFor(
            code.Calls(),
            call => call.Name is not ("Skip" or "SkipLast" or "ElementAt" or "ElementAtOrDefault") || !IsQuery(code.MethodOf(call.Call)),
            call => SourceCode.Place(call.Call));
        Rule.HoldsFor(code.Literals(), literal => !literal.Text.Split([' ', '\n', '\r', '\t']).Contains("OFFSET", StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Compares_bytes_in_constant_time_so_that_nobody_has_to_know_which_are_secret(string module)
    {
        var code = SourceCode.Of(Repository.Module(module).Implementation);

        Rule.HoldsFor(
            code.Calls(),
            call => call.Name is not ("SequenceEqual" or "SequenceCompareTo") || code.MethodOf(call.Call)?.TypeArguments.Any(IsByte) is false,
            call => SourceCode.Place(call.Call));
        Rule.IsBrokenBy(
            code.Comparisons().Where(two => (IsBytes(two.Left) || IsBytes(two.Right)) && !IsNull(two.Comparison.Left) && !IsNull(two.Comparison.Right)),
            two => SourceCode.Place(two.Comparison));
    }

    [Fact]
    public void Sends_no_command_past_EF_Core_so_that_each_carries_its_operations_name()
    {
        var past = Repository.Modules.Select(module => SourceCode.Of(module.Implementation)).SelectMany(code => code.Creations()
            .Where(creation => creation.Name is "NpgsqlCommand" or "NpgsqlBatch")
            .Select(creation => (SyntaxNode)creation.Creation)
            .Concat(code.Calls().Where(call => call.Name is "CreateCommand" or "CreateBatch").Select(call => call.Call)));

        Rule.HoldsFor(past, place => MayGoPastEFCore.Contains(Path.GetFileName(place.SyntaxTree.FilePath)), place => SourceCode.Place(place));
    }

    [Fact]
    public void Gives_every_operation_a_file_of_its_own_that_fits_on_two_screens()
    {
        var slices = EndpointCalls().GroupBy(call => call.SyntaxTree.FilePath, StringComparer.Ordinal).ToList();

        Rule.HoldsFor(slices, slice => slice.Count() == 1, slice => $"{Repository.Relative(slice.Key)} maps {slice.Count()} operations.");
        Rule.HoldsFor(
            slices.Select(slice => (File: Repository.Relative(slice.Key), Lines: File.ReadLines(slice.Key).Count())),
            slice => slice.Lines <= MaxLinesOfASlice,
            slice => $"{slice.File} has {slice.Lines} lines, over {MaxLinesOfASlice}.");
    }

    [Fact]
    public void Names_the_file_of_an_operation_like_its_class() => Rule.HoldsFor(
        EndpointCalls(),
        call => call.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier.ValueText == Path.GetFileNameWithoutExtension(call.SyntaxTree.FilePath),
        call => SourceCode.Place(call));

    [Fact]
    public void States_access_on_the_endpoint_never_on_its_group()
    {
        // On a group, AllowAnonymous() overrides every RequireAuthorization() inside it.
        var statements = Repository.Modules.Select(module => module.Implementation)
            .Append(Repository.Project("PromptStash.Api"))
            .Select(SourceCode.Of)
            .SelectMany(code => code.Calls()
                .Where(call => call.Name is "RequireAuthorization" or "AllowAnonymous")
                .Select(call => (call.Call, Method: code.MethodOf(call.Call))));

        Rule.HoldsFor(
            statements,
            call => call.Method?.TypeArguments.Any(type => type.Name == "RouteGroupBuilder") is false,
            call => SourceCode.Place(call.Call));
    }

    private static IEnumerable<InvocationExpressionSyntax> EndpointCalls() => Repository.Modules
        .SelectMany(module => SourceCode.Of(module.Implementation).Calls())
        .Where(call => Verbs.Contains(call.Name))
        .Select(call => call.Call)

        // Not an operation: a route that is there only to say in the right words that there is nothing.
        .Where(call => call.FirstAncestorOrSelf<StatementSyntax>()?.DescendantTokens().Any(token => token.ValueText == "ExcludeFromDescription") is not true);

    // What the compiler does not know is taken for the worst.
    private static bool IsQuery(IMethodSymbol? method) => method is null || method.ContainingType.Name.Contains("Queryable", StringComparison.Ordinal);

    private static bool IsBytes(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => IsByte(array.ElementType),
        INamedTypeSymbol { Name: "Span" or "ReadOnlySpan" or "Memory" or "ReadOnlyMemory" or "ImmutableArray" } buffer => IsByte(buffer.TypeArguments[0]),
        _ => false,
    };

    private static bool IsByte(ITypeSymbol type) => type.SpecialType == SpecialType.System_Byte;

    private static bool IsNull(ExpressionSyntax expression) => expression.ToString() is "null" or "default";
}
