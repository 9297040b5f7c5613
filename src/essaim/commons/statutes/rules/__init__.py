"""Statutes as data, the law they must respect, and the arithmetic of shares. Pure."""
