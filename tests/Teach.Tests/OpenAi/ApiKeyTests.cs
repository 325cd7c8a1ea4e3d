using StreamDistill.Pipeline;
using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Tests.OpenAi;

public class ApiKeyTests
{
    [Fact]
    public void The_teachers_own_variable_comes_before_openais()
    {
        Assert.Equal("a", ApiKey.Read(new TeachOptions(), name => name == "TEACHER_API_KEY" ? "a" : "b"));
        Assert.Equal("b", ApiKey.Read(new TeachOptions(), name => name == "OPENAI_API_KEY" ? " b\n" : null));
        Assert.Null(ApiKey.Read(new TeachOptions(), _ => null));
    }

    [Fact]
    public void A_file_comes_before_the_environment_and_its_newline_is_not_part_of_the_key()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "from-file\n");
        Assert.Equal("from-file", ApiKey.Read(new TeachOptions { ApiKeyFile = path }, _ => "env"));
        File.Delete(path);
    }

    [Fact]
    public void A_key_that_cannot_be_one_is_refused_without_repeating_it()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => ApiKey.Read(new TeachOptions(), _ => "s3cr\u00e9t key"));
        Assert.Contains("TEACHER_API_KEY", refusal.Message);
        Assert.DoesNotContain("s3cr", refusal.Message);
    }
}
