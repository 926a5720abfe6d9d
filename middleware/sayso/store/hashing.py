"""Endpoints as they are looked up: bare of their channel, by a keyed hash."""

from __future__ import annotations

from datetime import UTC, datetime

from sayso.store.database import Tx


def bare(address: str) -> str:
    """An endpoint without its channel's prefix, as it is hashed: `whatsapp:+1415…` and `+1415…` are one."""
    return address.rsplit(":", 1)[-1].strip().lower()


def address_hash(tx: Tx, address: str) -> str:
    """The keyed hash of an endpoint."""
    return tx.seal.hash("address", bare(address))


def burst_id(tx: Tx, source_id: str, at: datetime) -> str:
    """The batch of all that is too much from one source in one hour: the same id whoever asks, "B" in front."""
    return f"B{tx.seal.hash('burst', f'{source_id}|{at.astimezone(UTC):%Y-%m-%dT%H}')[:25]}"
