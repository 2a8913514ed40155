using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace PromptStash.ServiceDefaults;

/// <summary>
/// Settings that are files, as container engines hand out secrets: the file's name is the setting's (<c>Mail__Smtp__Password</c>), its
/// content the value, without the line's end. Nothing of them is in the process's environment, where anybody who inspects a container
/// would read it.
/// </summary>
public static class SecretFiles
{
    /// <summary>The setting that names the folder.</summary>
    public const string FolderSetting = "Secrets:Folder";

    /// <summary>The folder unless one is named: where Docker and Podman put secrets. That it is not there is no error.</summary>
    public const string DefaultFolder = "/run/secrets";

    /// <summary>
    /// Adds the files of the folder below all other settings: what is set elsewhere wins. To be called before anything is set in the
    /// configuration itself, which is read anew.
    /// </summary>
    /// <exception cref="SecretFilesException">The folder was named and is not there, or a file in it cannot be read.</exception>
    public static TBuilder AddSecretFiles<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var named = builder.Configuration[FolderSetting];
        var folder = string.IsNullOrWhiteSpace(named) ? DefaultFolder : Path.GetFullPath(named);
        if (!Directory.Exists(folder))
        {
            return string.IsNullOrWhiteSpace(named)
                ? builder
                : throw new SecretFilesException($"Secrets__Folder names {folder}, which is no folder here.");
        }

        try
        {
            builder.Configuration.Sources.Insert(0, new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(folder), Optional = true });
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new SecretFilesException($"A secret in {folder} cannot be read: {exception.Message} The user that the program runs as needs to read it.", exception);
        }

        return builder;
    }
}

/// <summary>The secrets cannot be read; the message says which and never what is in them.</summary>
public sealed class SecretFilesException : Exception
{
    /// <summary>Tells what is wrong.</summary>
    public SecretFilesException(string message)
        : base(message)
    {
    }

    /// <summary>Tells what is wrong, and what reading said.</summary>
    public SecretFilesException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
