"""For whom, at whose request and where the running work runs: the same words in logs and in reports."""

from apps.kernel.scope import scope_of_error, scope_or_none
from apps.kernel.tracing import current_trace


def circumstances(error: BaseException | None = None) -> dict[str, str]:
    """Return what is known of the running work; ``error`` remembers a bank that is closed by now."""
    return {**_bank(error), **_work()}


def _bank(error: BaseException | None) -> dict[str, str]:
    """Return slug and id of the bank; outside every bank, the kind of rows in reach."""
    scopes = [scope for scope in (scope_of_error(error), scope_or_none()) if scope is not None]
    for scope in scopes:
        if scope.bank_id is not None:
            return {"bank": scope.bank_slug, "bank_id": str(scope.bank_id)}
    trace = current_trace()
    if trace is not None and trace.bank_id is not None:
        return {"bank": trace.bank_slug, "bank_id": str(trace.bank_id)}
    return {"bank": f"({scopes[0].kind.value})"} if scopes else {}


def _work() -> dict[str, str]:
    trace = current_trace()
    if trace is None:
        return {}
    said = {
        "request_id": trace.request_id,
        "kind": trace.kind.value,
        "route": trace.name,
        "method": trace.method,
        "user_id": str(trace.user_id or ""),
    }
    return {name: value for name, value in said.items() if value}
