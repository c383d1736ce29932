/** The page's side of the worker: questions with answers, the newest page question stopping older ones. */

/** @param {{url: string, parts: object[]}} [ahead] what is already being read of a file: handed on as it comes */
export function openWorker(url, ahead) {
  const worker = new Worker(url, { type: "module" });
  const waiting = new Map();
  let id = 0;

  worker.addEventListener("message", ({ data }) => {
    const one = waiting.get(data.id);
    if (!one) return;
    if (data.progress) return void one.onProgress?.(data.progress);
    if (data.early) return void one.onEarly?.(data.early);
    waiting.delete(data.id);
    if (data.error) one.reject(new Error(data.error));
    else one.resolve(data.answer);
  });
  worker.addEventListener("error", (event) => {
    for (const one of waiting.values()) one.reject(new Error(event.message || "worker"));
    waiting.clear();
  });

  if (ahead) handOn(worker, ahead);

  return {
    /** Resolves to the answer, or to undefined where a newer question has taken its place. */
    ask(question, { onProgress, onEarly, ...request }) {
      id += 1;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject, onProgress, onEarly });
        worker.postMessage({ id, ask: question, ...request });
      });
    },
    stop() {
      id += 1;
      worker.postMessage({ id, ask: "stop" });
    },
  };
}

function handOn(worker, { url, parts }) {
  worker.postMessage({ ask: "ahead", url, parts: parts.map(({ start, end }) => ({ start, end })) });
  for (const { start, data } of parts) {
    data.then(
      // The whole file in the place of several parts is handed on once: then it is empty here.
      (part) => part.byteLength && worker.postMessage({ ask: "part", url, start, part }, [part]),
      () => worker.postMessage({ ask: "part", url, start }),
    );
  }
}
