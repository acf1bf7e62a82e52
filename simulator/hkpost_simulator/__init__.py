"""An EC-Ship Mail Tracking service for demos and tests: WSDL, authentication, limits, ageing items, faults.

Written from the specification on its own: it shares the status codes with the rest of the project and
nothing else, so that a misreading in the client does not agree with itself.
"""

from hkpost_simulator.faults import Fault, FaultKind
from hkpost_simulator.server import Simulator
from hkpost_simulator.truth import EventTruth, ItemTruth

__all__ = ["EventTruth", "Fault", "FaultKind", "ItemTruth", "Simulator"]
