using System.Net.Sockets;

namespace PromptStash.IntegrationTests.Sharing;

public sealed class FetchingNothing(PromptStashApp app)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(DisplayName = "H22: That a file names leaves the server without a single connection, whatever is done with it")]
    public async Task That_a_file_names_leaves_the_server_without_a_single_connection_whatever_is_done_with_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var host = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        using var ada = await app.SignInAsync();
        var stash = await ada.CreateStashAsync("Fetching");
        await (await ada.ImportAsync(stash, StashClient.Zip(
            ("page.md", $"![a](http://{host}/a.png)\n\n<img src=\"http://{host}/b.png\">\n\n[c](http://{host}/c)\n\n@http://{host}/d.md\n\n<link rel=stylesheet href=http://{host}/e.css>\n"),
            (".mcp.json", $$$$"""{"mcpServers":{"f":{"type":"http","url":"http://{{{{host}}}}/f"}}}"""),
            (".claude-plugin/marketplace.json", $$$"""{"name":"m","owner":{"name":"o"},"plugins":[{"name":"g","source":{"source":"url","url":"http://{{{host}}}/g.git"}}]}"""),
            ("image.svg", $"<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"http://{host}/h.png\"/></svg>\n"),
            ("entity.xml", $"<!DOCTYPE x [<!ENTITY i SYSTEM \"http://{host}/i\">]><x>&i;</x>\n")))).ReadAsync(HttpStatusCode.OK);
        var link = await ada.LinkAsync("stash", stash, "COMMENT");
        using var anybody = app.NewClient();

        foreach (var path in await ada.PathsAsync(stash))
        {
            var preview = await anybody.GetAsync($"{link.Path}/preview?path={path}", Cancelled);
            Assert.True(preview.IsSuccessStatusCode, path);
            Assert.True((await anybody.GetAsync($"{link.Path}/files/{path}", Cancelled)).IsSuccessStatusCode, path);
        }

        Assert.True((await anybody.GetAsync($"{link.Path}/export", Cancelled)).IsSuccessStatusCode);
        Assert.True((await ada.GetAsync($"/api/v1/stashes/{stash}/findings", Cancelled)).IsSuccessStatusCode);

        Assert.False(listener.Pending());
    }
}
