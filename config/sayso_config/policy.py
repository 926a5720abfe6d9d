"""The name of a policy: a hash that changes exactly when what a screening may read of the settings does."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from sayso_config.purposes import purposes
from sayso_config.regions import regions
from sayso_config.roles import RoleRow, knows, matrix, shop_matrix
from sayso_config.settings import Settings


def policy_hash(settings: Settings) -> str:
    """The SHA-256 (hex) of the policy part of the settings, the same for every spelling and order of it."""
    rows = [{**asdict(row), "discloses": sorted(row.discloses)} for row in purposes(settings)]
    policy = {
        "purposes": rows,
        "matrix": [_cell(row) for row in matrix(settings).values()],
        "shop_matrix": sorted((*key, *_cell(row)) for key, row in shop_matrix(settings).items()),
        "knows": {role: sorted(known) for role, known in knows().items()},
        "regions": regions(settings),
        "closed_regions": sorted(settings.closed_regions),
        "quiet_minutes": settings.quiet_minutes,
        "brake_limit": settings.brake_limit,
        "stores": {name: shop.model_dump(mode="json", exclude={"purposes"}) for name, shop in settings.stores.items()},
        **settings.model_dump(mode="json", include={"default_country", "policy", "sources"}),
    }
    return hashlib.sha256(json.dumps(policy, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _cell(row: RoleRow) -> tuple[str, ...]:
    return row.purpose, row.role, row.verdict, row.reason
