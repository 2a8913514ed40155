using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

namespace PromptStash.AppHost;

/// <summary>What the published compose file says besides what the model says. deploy/docker-compose.yaml says the same; a test compares them.</summary>
internal static class Publishing
{
    /// <summary>Takes from a service what it does not need, and bounds its memory.</summary>
    /// <param name="service">The service.</param>
    /// <param name="memory">The most memory it may have, as Docker writes it: <c>512M</c>.</param>
    /// <param name="restart">What happens when it ends.</param>
    /// <param name="writable">The folders it writes to, in memory; everything else but its volumes is read-only.</param>
    public static Service Confine(this Service service, string memory, string restart, params string[] writable)
    {
        service.Restart = restart;
        service.ReadOnly = true;
        service.Tmpfs.AddRange(writable);
        service.CapDrop.Add("ALL");
        service.SecurityOpt.Add("no-new-privileges:true");
        service.Deploy = new Deploy { Resources = new Resources { Limits = new ResourceSpec { Memory = memory } } };

        return service;
    }

    /// <summary>Lets a service wait for another one's health check; for the model's WaitFor alone a container that runs is enough.</summary>
    public static Service AfterHealthy(this Service service, IResource other)
    {
        service.DependsOn[other.Name].Condition = "service_healthy";

        return service;
    }

    /// <summary>Adds a health check that Docker runs inside the container.</summary>
    public static Service CheckedBy(this Service service, params string[] command)
    {
        service.Healthcheck = new Healthcheck
        {
            Test = [.. command],
            Interval = "5s",
            Timeout = "5s",
            Retries = 10,
            StartPeriod = "20s",
        };

        return service;
    }
}
