"""The rights over exports, by name."""

EXPORT = "reports.export_figures"
# Held over a whole organisation; a narrower role decides nothing about what leaves it.
APPROVE = "reports.approve_exports"
