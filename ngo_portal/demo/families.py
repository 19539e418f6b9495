"""The families, in the order in which they are made: the fictional funder first."""

from . import invented, la_mist, mumbai_smiles, pegase, planete_enfants, prerana
from .shapes import Family

ALL: tuple[Family, ...] = (
    invented.FUNDER,
    prerana.FAMILY,
    mumbai_smiles.FAMILY,
    planete_enfants.FAMILY,
    pegase.FAMILY,
    la_mist.FAMILY,
    invented.FAMILY,
)
