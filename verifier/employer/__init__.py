"""For employers and those who build on the verifier: many credentials at once.

Nothing is kept beyond the memory of the process unless the operator switches a store on.
"""

from verifier.employer.jobs import Jobs, JobTools
from verifier.employer.room import EmployerRoom, new_employer_pages

__all__ = ["EmployerRoom", "JobTools", "Jobs", "new_employer_pages"]
