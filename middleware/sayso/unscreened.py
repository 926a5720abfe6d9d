"""From a draft to the message that it would be, before anybody has looked at it."""

from __future__ import annotations

from sayso import screening, store
from sayso.message import Draft, Message, State
from sayso.runtime import Runtime
from sayso.store import Source


def unscreened(runtime: Runtime, source: Source, draft: Draft, key: str | None) -> Message:
    """The message of a draft, as it is before anybody has looked at it."""
    now, policy = runtime.clock(), runtime.read_policy()
    purpose = draft.purpose or source.purpose
    return Message(
        id=store.new_id(now),
        crm_id=draft.crm_id,
        source_id=source.id,
        channel=draft.channel,
        provider=draft.provider,
        door=draft.door or draft.provider,
        state=State.RECEIVED,
        version=1,
        content_hash=store.content_hash(runtime.store.seal, draft.content, draft.channel),
        content=draft.content,
        created_at=now,
        updated_at=now,
        store=source.store,
        purpose=purpose,
        subject=draft.subject,
        person=draft.person,
        account=runtime.account_of(source.name, draft.provider),
        idempotency_key=key,
        send_at=draft.send_at,
        hold_expires_at=draft.expires_at or screening.usually_until(policy, purpose, draft.send_at or now),
    )
