"""Asking somebody about an access: a callback in a thread of its own, and no longer than the rule's deadline."""
from __future__ import annotations

import threading
from collections.abc import Callable

from ..abi.time import SECOND
from ..policy.decision import Decision, Request

#: Answers True to grant. It runs in another thread, while the whole machine waits (L-POL-004).
OnAsk = Callable[[Request, Decision], bool]


def asker(callback: OnAsk, failed: Callable[[BaseException], None]) -> Callable[[Request, Decision], bool]:
    """For Security.asker. Granted is only what was answered True, in time; what the callback raises goes to `failed`."""
    def ask(request: Request, decision: Decision) -> bool:
        answers: list[object] = []
        errors: list[BaseException] = []

        def answer() -> None:
            try:
                answers.append(callback(request, decision))
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=answer, name="cloche-ask", daemon=True)
        thread.start()
        thread.join(decision.deadline_ns / SECOND)
        # A late answer finds nobody: what is looked at here is what came in time.
        if errors:
            failed(errors[0])
            return False
        return answers[:1] == [True] and answers[0] is True

    return ask
