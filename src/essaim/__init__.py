"""Essaim, the free software of cooperative platforms."""

__version__ = "0.1.0"
