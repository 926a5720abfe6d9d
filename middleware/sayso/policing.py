"""From settings to the policy: the part of them that checks may read, and the matrix beside it."""

from __future__ import annotations

from dataclasses import fields

from sayso.message import Cell, Limits, Policy, Purpose
from sayso_config import Settings, knows, matrix, policy_hash, purposes, regions, shop_matrix
from sayso_config.roles import shipped_matrix


def policy_of(settings: Settings) -> Policy:
    """The part of the settings that checks may read."""
    listed, counted = _approvers(settings)
    return Policy(
        purposes=_purposes(settings),
        quiet_hours=settings.quiet_minutes,
        default_country=settings.default_country,
        default_zone=settings.policy.time_zone or "",
        duplicate_window=int(settings.policy.duplicate_window),
        hold_for=int(settings.policy.hold_for),
        hash=policy_hash(settings),
        closed_regions=settings.closed_regions,
        approvers=listed,
        two_people=frozenset(name for name, count in counted.items() if count > 1),
        matrix={key: Cell(row.verdict, row.reason) for key, row in matrix(settings).items()},
        shop_matrix={key: Cell(row.verdict, row.reason) for key, row in shop_matrix(settings).items()},
        knows=knows(),
        limits=Limits(**{one.name: getattr(settings.policy, one.name) for one in fields(Limits)}),
        burst_brake=settings.brake_limit,
        print_cut_off=_minutes(settings.policy.print_cut_off),
        regions={code: dict(region) for code, region in regions(settings).items()},
    )


def line_of(policy: Policy, shop: str | None, purpose: str, role: str) -> str:
    """Where the cell of a policy that is in force for a shop is written."""
    if (shop or "", purpose, role) in policy.shop_matrix:
        return f"sayso.toml, [stores.{shop}.purposes.{purpose}] {role}"
    shipped, cell = shipped_matrix().get((purpose, role)), policy.matrix.get((purpose, role))
    if shipped is None or cell is None or (shipped.verdict, shipped.reason) != (cell.verdict, cell.reason):
        return f"sayso.toml, [purposes.{purpose}] {role}"
    return f"roles.csv, {purpose},{role}"


def _minutes(clock: str | None) -> int | None:
    """The minute of the day that a clock shows."""
    return int(clock[:2]) * 60 + int(clock[3:]) if clock else None


def _purposes(settings: Settings) -> dict[str, Purpose]:
    """What messages are for, as the settings have it."""
    return {
        row.name: Purpose(
            row.name,
            row.lane,
            row.sentence,
            row.valid_for,
            row.auto_clear,
            row.on_expiry,
            "" if row.valid_for else row.valid_for_text,
            row.principal_is,
            row.discloses,
        )
        for row in purposes(settings)
    }


def _approvers(settings: Settings) -> tuple[dict[str, frozenset[str]], dict[str, int]]:
    """Who approves in each shop that lists them, and how many approve in each that lists or counts them."""
    asked = {name: shop.approvers for name, shop in settings.stores.items()}
    listed = {
        name: frozenset(email.lower() for email in found) for name, found in asked.items() if isinstance(found, tuple)
    }
    counted = {name: found for name, found in asked.items() if isinstance(found, int)}
    return listed, counted | {name: len(emails) for name, emails in listed.items()}
