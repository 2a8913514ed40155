using System.Net;
using System.Net.Sockets;

namespace PromptStash.LocalHost.Processes;

/// <summary>Ports of 127.0.0.1. Between asking and using, somebody else may take one: callers try again or say so.</summary>
internal static class FreePort
{
    /// <summary>The preferred port where it is free, else any free one.</summary>
    public static int Choose(int? preferred = null)
    {
        if (preferred is { } port && IsFree(port))
        {
            return port;
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
