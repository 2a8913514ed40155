using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PromptStash.ArchitectureTests;

/// <summary>A piece of text in a source file: a string, or what an interpolated one has between its holes.</summary>
internal sealed record Literal(string Place, string Text)
{
    public override string ToString() => $"{Place}: {(Text.Length > 100 ? Text[..100] + "…" : Text).ReplaceLineEndings(" ")}";
}

/// <summary>A project's source files as the compiler understands them. Asking it, not a pattern, means that neither comments nor spelling fool a rule.</summary>
internal sealed class SourceCode
{
    private static readonly ConcurrentDictionary<string, Lazy<SourceCode>> Known = new(StringComparer.Ordinal);

    private readonly CSharpCompilation _compilation;
    private readonly List<SyntaxTree> _written;

    private SourceCode(Project project)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        _written = [.. Repository.Files(project.Folder, "*.cs").Select(path => Parse(path, options))];
        _compilation = CSharpCompilation.Create(
            project.Name + ".Read",
            [.. _written, .. GlobalUsings(project).Select(path => Parse(path, options))],
            References(project),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    public IEnumerable<string> Files => _written.Select(tree => tree.FilePath);

    public static SourceCode Of(Project project) => Known.GetOrAdd(project.Path, _ => new Lazy<SourceCode>(() => new SourceCode(project))).Value;

    public IEnumerable<Literal> Literals() => _written.SelectMany(tree => tree.GetRoot().DescendantTokens()
        .Where(token => token.Kind() is
            SyntaxKind.StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.Utf8StringLiteralToken or SyntaxKind.Utf8SingleLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringTextToken)
        .Select(token => new Literal(Place(token), token.ValueText)));

    /// <summary>Every call, with the name that it calls.</summary>
    public IEnumerable<(InvocationExpressionSyntax Call, string Name)> Calls() => _written
        .SelectMany(tree => tree.GetRoot().DescendantNodes())
        .OfType<InvocationExpressionSyntax>()
        .Select(call => (call, call.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
            MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            _ => "",
        }));

    /// <summary>Every <c>new</c> that names its type, with that name.</summary>
    public IEnumerable<(ObjectCreationExpressionSyntax Creation, string Name)> Creations() => _written
        .SelectMany(tree => tree.GetRoot().DescendantNodes())
        .OfType<ObjectCreationExpressionSyntax>()
        .Select(creation => (creation, creation.Type.ToString().Split('.')[^1]));

    /// <summary>What a call calls; null where the compiler cannot tell.</summary>
    public IMethodSymbol? MethodOf(InvocationExpressionSyntax call) =>
        _compilation.GetSemanticModel(call.SyntaxTree).GetSymbolInfo(call).Symbol as IMethodSymbol;

    /// <summary>Every <c>==</c> and <c>!=</c> that runs here, and is not translated into SQL, with the types of both sides.</summary>
    public IEnumerable<(BinaryExpressionSyntax Comparison, ITypeSymbol? Left, ITypeSymbol? Right)> Comparisons()
    {
        foreach (var tree in _written)
        {
            var model = _compilation.GetSemanticModel(tree);
            foreach (var comparison in tree.GetRoot().DescendantNodes().OfType<BinaryExpressionSyntax>()
                .Where(binary => binary.Kind() is SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression)
                .Where(binary => !binary.Ancestors().OfType<LambdaExpressionSyntax>().Any(lambda => model.GetTypeInfo(lambda).ConvertedType?.Name == "Expression")))
            {
                yield return (comparison, model.GetTypeInfo(comparison.Left).Type, model.GetTypeInfo(comparison.Right).Type);
            }
        }
    }

    public static string Place(SyntaxNodeOrToken at) =>
        $"{Repository.Relative(at.SyntaxTree!.FilePath)}({at.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1})";

    private static SyntaxTree Parse(string path, CSharpParseOptions options) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(path), options, path);

    private static IEnumerable<string> GlobalUsings(Project project) => project.IsRestored
        ? Directory.EnumerateFiles(Path.Combine(project.Folder, "obj"), project.Name + ".GlobalUsings.g.cs", SearchOption.AllDirectories)
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .Take(1)
        : throw new InvalidOperationException($"{project} was not built in its own folder, so its global usings are not known.");

    private static IEnumerable<MetadataReference> References(Project project) =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != project.Name)
            .Select(path => MetadataReference.CreateFromFile(path));
}
