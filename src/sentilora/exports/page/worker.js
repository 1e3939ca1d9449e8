// The model, apart from the page, so that the page stays usable while it computes.
import { loadModel } from "./sentiment.js";

const loading = loadModel((loaded, total) => postMessage({ kind: "progress", loaded, total }));

loading.then(
  ({ name, rule }) => postMessage({ kind: "ready", name, rule }),
  (error) => postMessage({ kind: "failed", reason: error.message }),
);

onmessage = async ({ data }) => {
  try {
    const model = await loading;
    const start = performance.now();
    const answer = await model.predict(data.text);
    postMessage({ kind: "answer", ...answer, milliseconds: performance.now() - start });
  } catch (error) {
    postMessage({ kind: "refused", reason: error.message });
  }
};
