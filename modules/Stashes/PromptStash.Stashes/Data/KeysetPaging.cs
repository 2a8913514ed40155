using System.Globalization;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace PromptStash.Stashes.Data;

/// <summary>Where a page of a sorted list ended: the order, the last row's value in it, and its id, which decides among equals.</summary>
internal sealed record KeysetPlace(string Order, string Key, Guid Id)
{
    private const char Separator = '\n';

    /// <summary>As the text that a cursor wraps.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Order}{Separator}{Id}{Separator}{Key}");

    /// <summary>Reads a cursor; false for one that was not made for this order. No cursor is the list's beginning.</summary>
    public static bool TryRead(string? cursor, string order, out KeysetPlace? place)
    {
        place = null;
        if (!Cursor.TryDecode(cursor, out var text))
        {
            return false;
        }

        if (text is null)
        {
            return true;
        }

        if (text.Split(Separator, 3) is not [var of, var id, var key] || of != order || !Guid.TryParseExact(id, "D", out var last))
        {
            return false;
        }

        place = new KeysetPlace(order, key, last);
        return true;
    }
}

/// <summary>Sorts by a key and, among equal ones, by id, and begins after a place in that order.</summary>
internal static class KeysetPaging
{
    private static readonly System.Reflection.MethodInfo GreaterThan = Compare(EF.Functions.GreaterThan);
    private static readonly System.Reflection.MethodInfo LessThan = Compare(EF.Functions.LessThan);

    /// <summary>
    /// PostgreSQL compares the pair (key, id) as a row, so that an index on both finds the page's beginning at once, on the last page as on the first.
    /// </summary>
    public static IQueryable<T> PageBy<T, TKey>(
        this IQueryable<T> rows, Expression<Func<T, TKey>> key, Expression<Func<T, Guid>> id, bool descending, (TKey Key, Guid Id)? after)
    {
        if (after is { } place)
        {
            // Members of an object, not constants: they become parameters, and all pages are one statement.
            var values = Expression.Constant(new StrongBox<(TKey Key, Guid Id)>(place));
            var pair = Expression.Field(values, nameof(StrongBox<>.Value));
            var idOfRow = new Rebind(id.Parameters[0], key.Parameters[0]).Visit(id.Body);
            var comparison = Expression.Call(
                descending ? LessThan : GreaterThan,
                Expression.Constant(EF.Functions),
                Row<TKey>(key.Body, idOfRow),
                Row<TKey>(Expression.Field(pair, "Item1"), Expression.Field(pair, "Item2")));
            rows = rows.Where(Expression.Lambda<Func<T, bool>>(comparison, key.Parameters));
        }

        return descending ? rows.OrderByDescending(key).ThenByDescending(id) : rows.OrderBy(key).ThenBy(id);
    }

    /// <summary>Sorts by an id alone.</summary>
    public static IQueryable<T> PageBy<T>(this IQueryable<T> rows, Expression<Func<T, Guid>> id, bool descending, Guid? after)
    {
        if (after is { } last)
        {
            var value = Expression.Field(Expression.Constant(new StrongBox<Guid>(last)), nameof(StrongBox<>.Value));
            rows = rows.Where(Expression.Lambda<Func<T, bool>>(
                descending ? Expression.LessThan(id.Body, value) : Expression.GreaterThan(id.Body, value), id.Parameters));
        }

        return descending ? rows.OrderByDescending(id) : rows.OrderBy(id);
    }

    private static UnaryExpression Row<TKey>(Expression key, Expression id) => Expression.Convert(
        Expression.Call(typeof(ValueTuple), nameof(ValueTuple.Create), [typeof(TKey), typeof(Guid)], key, id), typeof(ITuple));

    private static System.Reflection.MethodInfo Compare(Func<ITuple, ITuple, bool> compare) => compare.Method;

    private sealed class Rebind(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}
