from .approval import export_approvals, export_review
from .dashboard import dashboard, dashboard_chart, figure_evidence
from .export import (
    export,
    export_download,
    export_passphrase,
    export_request,
    export_withdraw,
    exports,
)
from .home import home

__all__ = [
    "dashboard", "dashboard_chart", "export", "export_approvals", "export_download",
    "export_passphrase", "export_request", "export_review", "export_withdraw", "exports",
    "figure_evidence", "home",
]  # fmt: skip
