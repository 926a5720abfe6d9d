"""From a handed-over mail to what the client hears: 250 once it is stored, and never before."""

from __future__ import annotations

import logging
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from sayso import intake
from sayso.message import Conflict, Draft, Malformed, Message
from sayso.runtime import Runtime
from sayso.smtp.drafting import Envelope, draft
from sayso.store import Source

logger = logging.getLogger("sayso")
CHANNEL = "email"
LONGEST = 400
LATER = "451 4.3.0 Sayso cannot store mails just now; try again."


def take(runtime: Runtime, source: Source, envelope: Envelope) -> str:
    """The reply to a mail of this source, whatever happens."""
    try:
        vendor = runtime.carriers(source.name)[CHANNEL]
        made, key = draft(envelope, vendor, runtime.read_policy(), runtime.clock())
        made = _composed(runtime, made)
        asked = runtime.store.seal.hash("request", f"{source.id}|{key}") if key else None
        message = intake.take(runtime, source, made, key, asked=asked)
    except Malformed as problem:
        return _reply(problem.status, problem.code, str(problem))
    except Conflict as conflict:
        return _reply(554, "5.6.0", str(conflict))
    except SQLAlchemyError:
        logger.exception("the database does not answer")
        return LATER
    except Exception:
        logger.exception("a mail could not be taken")
        return "451 4.3.0 An internal error occurred; the mail was not taken, try again."
    if intake.refused_at_once(message):
        return _reply(550, "5.7.1", _why(message))
    return f"250 2.0.0 Ok: queued as {message.crm_id}"


def _composed(runtime: Runtime, made: Draft) -> Draft:
    """The draft as its vendor takes it; what it would refuse for good is refused now."""
    provider = runtime.providers.get(made.provider)
    if provider is None:
        return made
    try:
        content = provider.compose(made.content, CHANNEL, runtime.read_policy().default_country)
    except Malformed as bad:
        raise Malformed(554, "5.6.0", str(bad)) from bad
    return replace(made, content=content)


def _why(message: Message) -> str:
    """Why it was stopped, as its CRM may read it."""
    stops = [finding for finding in message.findings if finding.verdict == "stop"] or list(message.findings)
    return stops[0].told if stops else "Sayso does not send this."


def _reply(status: int, code: int | str, text: str) -> str:
    """One line of SMTP, which knows ASCII alone."""
    plain = " ".join(text.replace("“", '"').replace("”", '"').encode("ascii", "replace").decode().split())
    return f"{status} {code} {plain[:LONGEST]}"
