"""The trainer process, in which recipes run. `TRAINER` and `RESUMABLE_TRAINER` name what starts it, for job kinds."""

TRAINER = "workers.runtime.trainer_process.run_trainer"
RESUMABLE_TRAINER = "workers.runtime.trainer_process.run_resumable_trainer"
