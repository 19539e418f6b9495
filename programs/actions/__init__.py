from .breakdown import create_breakdown
from .row import enter
from .standard import load_standard_catalogue

__all__ = ["create_breakdown", "enter", "load_standard_catalogue"]
