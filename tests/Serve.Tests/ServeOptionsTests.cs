using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Serve.Tests;

public sealed class ServeOptionsTests
{
    [Theory]
    [InlineData("Serve:Rows", "0", "Serve:Rows is '0'.")]
    [InlineData("Serve:Device", "gpu", "Serve:Device is 'gpu'. Allowed: cpu, cuda and cuda:N.")]
    [InlineData("Serve:Directory", "/no/such/student", "Serve:Directory is '/no/such/student'. There is no such directory.")]
    [InlineData("Serve:Student", "maths", "either Serve:Directory, a student's directory, or Serve:Student")]
    [InlineData("Serve:ModelName", " tiny", "Serve:ModelName is ' tiny'.")]
    [InlineData("Serve:Row", "1", "Serve:Row is not a setting.")]
    [InlineData("urls", "http://0.0.0.0:0", "Listening beyond this machine wants keys: set Serve:KeysFile")]
    public async Task A_wrong_setting_is_refused_at_start_by_name(string key, string value, string message)
    {
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => ServeApp.StartAsync(("Serve:Directory", TinyStudent.SharedDirectory), (key, value)));

        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_without_a_student_ends_the_start()
    {
        var empty = Directory.CreateTempSubdirectory("serve-tests").FullName;

        var wrong = await Assert.ThrowsAsync<StreamDistillException>(() => ServeApp.StartAsync(("Serve:Directory", empty)));

        Assert.Contains($"{empty} holds no student", wrong.Message, StringComparison.Ordinal);
    }
}
