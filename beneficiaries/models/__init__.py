from .count import BeneficiaryCount, CountNote
from .lock import LockException, PeriodLock
from .report import CountReport
from .tally import TallyCount, TallySheet
from .workbook import WorkbookUpload

__all__ = [
    "BeneficiaryCount",
    "CountNote",
    "CountReport",
    "LockException",
    "PeriodLock",
    "TallyCount",
    "TallySheet",
    "WorkbookUpload",
]
