using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Teach.OpenAi;
using StreamDistill.Teach.Recorded;

namespace StreamDistill.Teach;

/// <summary>The service's parts: its options, the teacher they name, and the stage.</summary>
internal static class TeacherServices
{
    /// <summary>Adds all of them. A key or a recording that cannot be used throws <see cref="ConfigurationException"/> at once.</summary>
    public static void AddTeach(this IHostApplicationBuilder builder)
    {
        var options = builder.AddValidatedOptions<TeachOptions>(TeachOptions.Section);
        builder.Services.AddTeacher(options);
        builder.AddStage<Prompt, TeachStage>(Topics.Prompts, options.Parallelism);
    }

    private static void AddTeacher(this IServiceCollection services, TeachOptions options)
    {
        if (options.RecordedPath is not null)
        {
            services.AddSingleton<ITeacher>(RecordedTeacher.Open(options, TimeProvider.System));
            return;
        }

        var key = ApiKey.Read(options, Environment.GetEnvironmentVariable);
        services.AddSingleton<ITeacher>(provider => new OpenAiTeacher(
            options,
            key,
            provider.GetRequiredService<HealthState>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OpenAiTeacher>>()));
    }
}
