namespace Avro.Util;

/// <summary>A logical type that counts from the Unix epoch or from midnight.</summary>
public abstract class LogicalUnixEpochType<T> : LogicalType
    where T : struct
{
    private readonly Schema.Type baseType;

    private protected LogicalUnixEpochType(string name, Schema.Type baseType)
        : base(name) => this.baseType = baseType;

    public override Type GetCSharpType(bool nullible) => nullible ? typeof(T?) : typeof(T);

    public override bool IsInstanceOfLogicalType(object logicalValue) => logicalValue is T;

    public override void ValidateSchema(LogicalSchema schema)
    {
        if (schema.BaseSchema.Tag != baseType)
        {
            throw new AvroTypeException($"'{Name}' can only be used with an underlying {Schema.GetTypeString(baseType)} type");
        }
    }

    private protected static TimeSpan WithinADay(TimeSpan time, string name, string paramName) =>
        time >= TimeSpan.Zero && time < TimeSpan.FromDays(1)
            ? time
            : throw new ArgumentOutOfRangeException(paramName, $"A '{name}' value must be at least '{TimeSpan.Zero}' and less than '{TimeSpan.FromDays(1)}'.");
}

/// <summary>date: days since the epoch, as a DateTime at midnight UTC.</summary>
public class Date : LogicalUnixEpochType<DateTime>
{
    public static readonly string LogicalTypeName = "date";

    public Date()
        : base(LogicalTypeName, Schema.Type.Int)
    {
    }

    public override object ConvertToBaseValue(object logicalValue, LogicalSchema schema) =>
        (((DateTime)logicalValue).Date - DateTime.UnixEpoch).Days;

    public override object ConvertToLogicalValue(object baseValue, LogicalSchema schema) => DateTime.UnixEpoch.AddDays((int)baseValue);
}

/// <summary>time-millis: milliseconds since midnight, as a TimeSpan of less than a day.</summary>
public class TimeMillisecond : LogicalUnixEpochType<TimeSpan>
{
    public static readonly string LogicalTypeName = "time-millis";

    public TimeMillisecond()
        : base(LogicalTypeName, Schema.Type.Int)
    {
    }

    public override object ConvertToBaseValue(object logicalValue, LogicalSchema schema) =>
        (int)(WithinADay((TimeSpan)logicalValue, Name, nameof(logicalValue)).Ticks / TimeSpan.TicksPerMillisecond);

    public override object ConvertToLogicalValue(object baseValue, LogicalSchema schema) =>
        WithinADay(new TimeSpan((int)baseValue * TimeSpan.TicksPerMillisecond), Name, nameof(baseValue));
}

/// <summary>time-micros: microseconds since midnight, as a TimeSpan of less than a day.</summary>
public class TimeMicrosecond : LogicalUnixEpochType<TimeSpan>
{
    public static readonly string LogicalTypeName = "time-micros";

    public TimeMicrosecond()
        : base(LogicalTypeName, Schema.Type.Long)
    {
    }

    public override object ConvertToBaseValue(object logicalValue, LogicalSchema schema) =>
        WithinADay((TimeSpan)logicalValue, Name, nameof(logicalValue)).Ticks / TimeSpan.TicksPerMicrosecond;

    public override object ConvertToLogicalValue(object baseValue, LogicalSchema schema) =>
        WithinADay(new TimeSpan(checked((long)baseValue * TimeSpan.TicksPerMicrosecond)), Name, nameof(baseValue));
}

/// <summary>timestamp-millis: milliseconds since the epoch, as a DateTime in UTC.</summary>
public class TimestampMillisecond : LogicalUnixEpochType<DateTime>
{
    public static readonly string LogicalTypeName = "timestamp-millis";

    public TimestampMillisecond()
        : base(LogicalTypeName, Schema.Type.Long)
    {
    }

    public override object ConvertToBaseValue(object logicalValue, LogicalSchema schema) =>
        (((DateTime)logicalValue).ToUniversalTime() - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;

    public override object ConvertToLogicalValue(object baseValue, LogicalSchema schema) =>
        DateTime.UnixEpoch.AddTicks(checked((long)baseValue * TimeSpan.TicksPerMillisecond));
}

/// <summary>timestamp-micros: microseconds since the epoch, as a DateTime in UTC.</summary>
public class TimestampMicrosecond : LogicalUnixEpochType<DateTime>
{
    public static readonly string LogicalTypeName = "timestamp-micros";

    public TimestampMicrosecond()
        : base(LogicalTypeName, Schema.Type.Long)
    {
    }

    public override object ConvertToBaseValue(object logicalValue, LogicalSchema schema) =>
        (((DateTime)logicalValue).ToUniversalTime() - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public override object ConvertToLogicalValue(object baseValue, LogicalSchema schema) =>
        DateTime.UnixEpoch.AddTicks(checked((long)baseValue * TimeSpan.TicksPerMicrosecond));
}

/// <summary>local-timestamp-millis: milliseconds since the epoch, as a DateTime in the machine's time zone.</summary>
public class LocalTimestampMillisecond : LogicalUnixEpochType<DateTime>
{
    public static readonly string LogicalTypeName = "local-timestamp-millis";

    public LocalTimestampMillisecond()
        : base(LogicalTypeName, Schema.Type.Long)
    {
    }

    public override object ConvertToBaseValue(object logicalValue, LogicalSchema schema) =>
        (((DateTime)logicalValue).ToUniversalTime() - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;

    public override object ConvertToLogicalValue(object baseValue, LogicalSchema schema) =>
        DateTime.UnixEpoch.AddTicks(checked((long)baseValue * TimeSpan.TicksPerMillisecond)).ToLocalTime();
}

/// <summary>local-timestamp-micros: microseconds since the epoch, as a DateTime in the machine's time zone.</summary>
public class LocalTimestampMicrosecond : LogicalUnixEpochType<DateTime>
{
    public static readonly string LogicalTypeName = "local-timestamp-micros";

    public LocalTimestampMicrosecond()
        : base(LogicalTypeName, Schema.Type.Long)
    {
    }

    public override object ConvertToBaseValue(object logicalValue, LogicalSchema schema) =>
        (((DateTime)logicalValue).ToUniversalTime() - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public override object ConvertToLogicalValue(object baseValue, LogicalSchema schema) =>
        DateTime.UnixEpoch.AddTicks(checked((long)baseValue * TimeSpan.TicksPerMicrosecond)).ToLocalTime();
}
