"""The name of a policy: a hash that changes exactly when what a screening may read of the settings does."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from sayso_config.purposes import purposes
from sayso_config.settings import PurposeCells, Settings


def policy_hash(settings: Settings) -> str:
    """The SHA-256 (hex) of the policy part of the settings, the same for every spelling and order of it."""
    rows = [{**asdict(row), "discloses": sorted(row.discloses)} for row in purposes(settings)]
    roles = {
        name: table.model_dump(exclude={"auto_clear", *PurposeCells.model_fields})
        for name, table in settings.purposes.items()
    }
    policy = {
        "purposes": rows,
        "roles": roles,
        "quiet_minutes": settings.quiet_minutes,
        "brake_limit": settings.brake_limit,
        **settings.model_dump(mode="json", include={"default_country", "policy", "stores", "sources", "regions"}),
    }
    return hashlib.sha256(json.dumps(policy, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
