"""The rights over exports, by name."""

from accounts.roles import EXPORT as EXPORT

# Held over a whole organisation; a narrower role decides nothing about what leaves it.
APPROVE = "reports.approve_exports"
