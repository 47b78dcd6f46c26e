"""What a training takes of its machine, under the names that MLflow gives such figures."""

import os
import subprocess

import psutil  # type: ignore[import-untyped]  # ships no types

MIB = 1024 * 1024
_QUERY = [
    "nvidia-smi",
    "--query-gpu=index,utilization.gpu,memory.used,memory.total",
    "--format=csv,noheader,nounits",
]


class SystemFigures:
    """Samples of this process, and of the GPUs where it uses one."""

    def __init__(self, device: str) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first says nothing: it counts from the call before
        self._uses_gpu = device.startswith("cuda")

    def sample(self) -> dict[str, float]:
        """Name to figure; the processor since the sample before, in percent of all of its cores."""
        figures = {
            "system/cpu_utilization_percentage": self._process.cpu_percent() / (os.cpu_count() or 1),
            "system/system_memory_usage_megabytes": self._process.memory_info().rss / MIB,
            "system/system_memory_usage_percentage": float(self._process.memory_percent()),
        }
        return figures | (_gpu_figures() if self._uses_gpu else {})


def _gpu_figures() -> dict[str, float]:
    try:
        answer = subprocess.run(_QUERY, capture_output=True, text=True, check=True, timeout=5).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    figures: dict[str, float] = {}
    for line in answer.splitlines():
        index, used, memory, total = (part.strip() for part in line.split(","))
        try:
            figures |= {
                f"system/gpu_{index}_utilization_percentage": float(used),
                f"system/gpu_{index}_memory_usage_megabytes": float(memory),
                f"system/gpu_{index}_memory_usage_percentage": 100 * float(memory) / float(total),
            }
        except ValueError:
            continue  # a figure that this GPU does not tell
    return figures
