using k8s;
using k8s.Models;

namespace PromptStash.Deployment.Tests;

/// <summary>deploy/kubernetes, read strictly: a field that Kubernetes does not have, or one of the wrong type, is an error.</summary>
internal static class Manifests
{
    public static string Folder { get; } = Path.Combine(Repository.Deploy, "kubernetes");

    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All { get; } = Load("*.yaml", SearchOption.TopDirectoryOnly);

    /// <summary>The template of the secrets, which is not applied with the rest.</summary>
    public static IReadOnlyList<V1Secret> Secrets { get; } = [.. Load("*.example.yaml", SearchOption.AllDirectories).Cast<V1Secret>()];

    /// <summary>What runs, by name.</summary>
    public static IReadOnlyDictionary<string, V1PodSpec> Pods { get; } = All
        .Select(item => (Name: item.Name(), Pod: item switch { V1Deployment deployment => deployment.Spec.Template.Spec, V1Job job => job.Spec.Template.Spec, _ => null }))
        .Where(item => item.Pod is not null)
        .ToDictionary(item => item.Name, item => item.Pod!);

    public static T Find<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => All.OfType<T>().Single(item => item.Name() == name);

    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Parse(string yaml) =>
        [.. KubernetesYaml.LoadAllFromString(yaml, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];

    private static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Load(string pattern, SearchOption where) =>
        [.. Directory.EnumerateFiles(Folder, pattern, where).Order(StringComparer.Ordinal).SelectMany(file => Parse(File.ReadAllText(file)))];
}
