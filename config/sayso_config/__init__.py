"""Sayso's settings and its policy as data: `load` gives them checked, default.toml explains them."""

from sayso_config.layers import load
from sayso_config.policy import policy_hash
from sayso_config.purposes import PurposeRow, purposes
from sayso_config.settings import Settings, SettingsError

__all__ = ["PurposeRow", "Settings", "SettingsError", "load", "policy_hash", "purposes"]
