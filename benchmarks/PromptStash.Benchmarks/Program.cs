using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

// The work is done by another process, the API; here are only the requests. Twelve of each are enough to tell a middle and a spread.
var config = DefaultConfig.Instance
    .AddJob(Job.Default
        .WithToolchain(InProcessNoEmitToolchain.Instance)
        .WithStrategy(BenchmarkDotNet.Engines.RunStrategy.Monitoring)
        .WithWarmupCount(3)
        .WithIterationCount(12)
        .WithInvocationCount(1)
        .WithUnrollFactor(1))
    .AddColumn(StatisticColumn.Median, StatisticColumn.P95)
    .HideColumns(Column.Error, Column.RatioSD);

return BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config).Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0;
