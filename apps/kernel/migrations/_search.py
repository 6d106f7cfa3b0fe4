"""What migrations of the stages hang on a searched table; as frozen as they are."""


def kept(table: str, columns: str, source: str) -> str:
    quoted = source.replace("'", "''")
    return (
        f"CREATE TRIGGER search_kept AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION public.search_kept('{quoted}', 'id')"
    )


def following(followed: str, tie: str, table: str, source: str) -> str:
    quoted = source.replace("'", "''")
    return (
        f"CREATE TRIGGER search_{table} AFTER UPDATE OF name ON {followed} FOR EACH ROW"
        f" WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION public.search_kept('{quoted}', '{tie}')"
    )


def filled(source: str) -> str:
    quoted = source.replace("'", "''")
    return f"SELECT public.search_write(current_schema()::text, '{quoted}', '', NULL, true)"
