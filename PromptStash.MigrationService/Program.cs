using PromptStash.MigrationService;

return await MigrationHost.RunAsync(args, configure: null, CancellationToken.None);
