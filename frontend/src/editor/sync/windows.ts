import type { Windows } from "./session";

/** By the browser's own locks: a window that is closed or killed gives its tasks back at once. */
export function windowsOf(userId: number): Windows {
  const held = new Map<number, () => void>();
  return {
    claim: (taskId) => {
      if (held.has(taskId) || !navigator.locks) return Promise.resolve(true);
      return new Promise((answer) => {
        const name = `plateau-task-${userId}-${taskId}`;
        void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
          if (lock === null) return answer(false);
          return new Promise<void>((free) => {
            held.set(taskId, free);
            answer(true);
          });
        });
      });
    },
    free: (taskId) => {
      held.get(taskId)?.();
      held.delete(taskId);
    },
  };
}
