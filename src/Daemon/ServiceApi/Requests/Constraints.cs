using System.Text.RegularExpressions;

namespace Thaw.Daemon.ServiceApi.Requests;

/// <summary>The constraints of AWS's model for texts; spec (service) 3.1, 4.1.</summary>
internal static partial class Constraints
{
    private const string Region = "(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}";

    private const string RolePattern = @"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+";
    private const string HandlerPattern = @"[^\s]+";
    private const string AliasPattern = @"(?!^[0-9]+$)([a-zA-Z0-9-_]+)";
    private const string VersionPattern = @"(\$LATEST|[0-9]+)";
    private const string NumberPattern = "[0-9]+";
    private const string WordPattern = "([a-zA-Z0-9-_]+)";
    private const string LayerVersionArnPattern =
        @"arn:(aws[a-zA-Z-]*)?:lambda:" + Region + @":\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+";
    private const string LayerNamePattern =
        @"(arn:(aws[a-zA-Z-]*)?:lambda:" + Region + @":\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+";
    private const string ArnPattern = @"(arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:(" + Region + @")?:(\d{12})?:(.*))|()";
    private const string KmsKeyPattern = @"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()";
    private const string LogGroupPattern = @"[\.\-_/#A-Za-z0-9]+";
    private const string MountPattern = @"/mnt/[a-zA-Z0-9-_.]+";
    private const string ActionPattern = @"(lambda:[*]|lambda:[a-zA-Z]+|[*])";
    private const string VariablePattern = "[a-zA-Z]([a-zA-Z0-9_])+";
    private const string PrincipalPattern = @"[^\s]+";
    private const string AccountPattern = @"\d{12}";
    private const string RuntimeArnPattern = @"arn:(aws[a-zA-Z-]*):lambda:" + Region + "::runtime:.+";
    private const string DestinationPattern =
        @"|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:(" + Region + @")?:(\d{12})?:(.*)";
    private const string TaggableArnPattern =
        @"arn:(aws[a-zA-Z-]*):lambda:" + Region + @":\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?"
        + "|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[a-f0-9-]{36}"
        + "|capacity-provider:[a-zA-Z0-9-_]+)";
    private const string SigningConfigPattern =
        @"arn:(aws[a-zA-Z-]*)?:lambda:" + Region + @":\d{12}:code-signing-config:csc-[a-z0-9]{17}";

    public static readonly Constraint NotEmpty = new(1, int.MaxValue);
    public static readonly Constraint Role = new(0, 2048, RolePattern, RoleForm());
    public static readonly Constraint Handler = new(0, 128, HandlerPattern, HandlerForm());
    public static readonly Constraint Description = new(0, 256);
    public static readonly Constraint Alias = new(1, 128, AliasPattern, AliasForm());
    public static readonly Constraint Version = new(1, 1024, VersionPattern, VersionForm());
    public static readonly Constraint PublishedVersion = new(1, 1024, NumberPattern, NumberForm());
    public static readonly Constraint StatementId = new(1, 100, WordPattern, WordForm());
    public static readonly Constraint LayerVersionArn = new(1, 140, LayerVersionArnPattern, LayerVersionArnForm());
    public static readonly Constraint LayerName = new(1, 140, LayerNamePattern, LayerNameForm());
    public static readonly Constraint LicenseInfo = new(0, 512);
    public static readonly Constraint Arn = new(0, 2048, ArnPattern, ArnForm());
    public static readonly Constraint KmsKeyArn = new(0, 2048, KmsKeyPattern, KmsKeyForm());
    public static readonly Constraint LogGroup = new(1, 512, LogGroupPattern, LogGroupForm());
    public static readonly Constraint MountPath = new(0, 160, MountPattern, MountForm());
    public static readonly Constraint WorkingDirectory = new(0, 1000);
    public static readonly Constraint Action = new(0, 256, ActionPattern, ActionForm());
    public static readonly Constraint Principal = new(1, 2048, PrincipalPattern, PrincipalForm());
    public static readonly Constraint Account = new(0, 12, AccountPattern, AccountForm());
    public static readonly Constraint Variable = new(0, int.MaxValue, VariablePattern, VariableForm());
    public static readonly Constraint RuntimeVersionArn = new(26, 2048, RuntimeArnPattern, RuntimeArnForm());
    public static readonly Constraint Destination = new(0, 350, DestinationPattern, DestinationForm());
    public static readonly Constraint TaggableArn = new(1, 256, TaggableArnPattern, TaggableArnForm());
    public static readonly Constraint SigningConfigArn = new(0, 200, SigningConfigPattern, SigningConfigForm());

    [GeneratedRegex($@"\A({RolePattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex RoleForm();

    [GeneratedRegex($@"\A({HandlerPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex HandlerForm();

    [GeneratedRegex(@"\A(?![0-9]+\z)[a-zA-Z0-9-_]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex AliasForm();

    [GeneratedRegex($@"\A({VersionPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionForm();

    [GeneratedRegex($@"\A({NumberPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberForm();

    [GeneratedRegex($@"\A({WordPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex WordForm();

    [GeneratedRegex($@"\A({LayerVersionArnPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex LayerVersionArnForm();

    [GeneratedRegex($@"\A({LayerNamePattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex LayerNameForm();

    [GeneratedRegex($@"\A({ArnPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ArnForm();

    [GeneratedRegex($@"\A({KmsKeyPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex KmsKeyForm();

    [GeneratedRegex($@"\A({LogGroupPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex LogGroupForm();

    [GeneratedRegex($@"\A({MountPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex MountForm();

    [GeneratedRegex($@"\A({ActionPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ActionForm();

    [GeneratedRegex($@"\A({PrincipalPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex PrincipalForm();

    [GeneratedRegex($@"\A({AccountPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountForm();

    [GeneratedRegex($@"\A({VariablePattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableForm();

    [GeneratedRegex($@"\A({RuntimeArnPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex RuntimeArnForm();

    [GeneratedRegex($@"\A({DestinationPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex DestinationForm();

    [GeneratedRegex($@"\A({TaggableArnPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex TaggableArnForm();

    [GeneratedRegex($@"\A({SigningConfigPattern})\z", RegexOptions.CultureInvariant)]
    private static partial Regex SigningConfigForm();
}
