"""Endpoints as they are looked up: bare of their channel, by a keyed hash."""

from __future__ import annotations

from sayso.store.database import Tx


def bare(address: str) -> str:
    """An endpoint without its channel's prefix, as it is hashed: `whatsapp:+1415…` and `+1415…` are one."""
    return address.rsplit(":", 1)[-1].strip().lower()


def address_hash(tx: Tx, address: str) -> str:
    """The keyed hash of an endpoint."""
    return tx.seal.hash("address", bare(address))
