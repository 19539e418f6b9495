"""The words that all organisations share from the first day: dimensions, indicators, code lists.

Data, not settings: loaded once, then edited in the catalogue.
"""

from .breakdowns import BREAKDOWNS, DIMENSIONS
from .case_codes import CASE_LISTS
from .group_indicators import GROUP_INDICATORS
from .person_indicators import PERSON_INDICATORS
from .trafficking_codes import TRAFFICKING_LISTS

INDICATORS = PERSON_INDICATORS + GROUP_INDICATORS
CODE_LISTS = CASE_LISTS + TRAFFICKING_LISTS

__all__ = ["BREAKDOWNS", "CODE_LISTS", "DIMENSIONS", "INDICATORS"]
