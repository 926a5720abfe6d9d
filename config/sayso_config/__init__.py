"""Sayso's settings and its policy as data: `load` gives them checked, default.toml explains them."""

from sayso_config.layers import load
from sayso_config.policy import policy_hash
from sayso_config.presets import presets
from sayso_config.purposes import PurposeRow, purposes
from sayso_config.regions import regions
from sayso_config.roles import RoleRow, knows, matrix, shop_matrix
from sayso_config.settings import PresetTable, Settings, SettingsError

__all__ = [
    "PresetTable",
    "PurposeRow",
    "RoleRow",
    "Settings",
    "SettingsError",
    "knows",
    "load",
    "matrix",
    "policy_hash",
    "presets",
    "purposes",
    "regions",
    "shop_matrix",
]
