using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Teach.OpenAi;
using StreamDistill.Teach.Recorded;

namespace StreamDistill.Teach;

/// <summary>Which teacher the options name.</summary>
internal static class TeacherServices
{
    /// <summary>Adds the teacher. A key or a recording that cannot be used throws <see cref="StreamDistillException"/> at once.</summary>
    public static void AddTeacher(this IServiceCollection services, TeachOptions options)
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
