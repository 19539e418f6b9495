"""Row-level security: each organisation behind a wall that the database itself keeps.

`rules` is the vocabulary of the apps' own `walls.py`, `build` puts the walls up (in `upgrade` and
the tests' database), `checks` finds what is missing, `moving` opens them to data migrations.
"""

from .moving import every_organisation

__all__ = ["every_organisation"]
