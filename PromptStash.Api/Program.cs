using PromptStash.Api;

await using var app = ApiHost.Create(args, configure: null);
await app.RunAsync();
