// The page refreshes by itself: every minute while it is visible, and at once when it comes back after longer.

const EVERY_MS = 60_000;

/** Calls `refresh` from now on; it may take its time, the next call waits for it. */
export function refreshRegularly(refresh) {
  let lastMs = performance.now();
  let timer = null;
  let isRunning = false;

  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await refresh();
    } finally {
      isRunning = false;
      lastMs = performance.now();
      plan();
    }
  };

  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(run, Math.max(0, lastMs + EVERY_MS - performance.now()));
  };

  document.addEventListener("visibilitychange", plan);
  plan();
}
