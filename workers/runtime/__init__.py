"""The process in which recipes run. `TRAINER` and `TRAINER_GOING_ON`: what starts it, for the registry of job kinds."""

TRAINER = "workers.runtime.trainer_process.run_trainer"
TRAINER_GOING_ON = "workers.runtime.trainer_process.run_going_on"
