"""Where futures are simulated: in this process, in several, or on a Ray cluster.

An executor runs independent tasks on one subject and gives their results in the order of the tasks.
What a task gives depends on the task and the subject only; so the executor, the number of workers
and whether one of them died can make no difference to a result.
"""

from safepassage.simulate.executors.choosing import ENGINES, Engine, executor_for
from safepassage.simulate.executors.in_process import InProcess
from safepassage.simulate.executors.processes import Processes
from safepassage.simulate.executors.protocol import Executor, Task

__all__ = ["ENGINES", "Engine", "Executor", "InProcess", "Processes", "Task", "executor_for"]
