"""Enforcement: the hooks through which every access to an object goes; Linux's security/."""
